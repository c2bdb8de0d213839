package io.inmesh.resolver.kubernetes.rule;

import static io.inmesh.resolver.kubernetes.rule.Samples.HTTP;
import static io.inmesh.resolver.kubernetes.rule.Samples.SHOP;
import static io.inmesh.resolver.kubernetes.rule.Samples.endpoint;
import static io.inmesh.resolver.kubernetes.rule.Samples.join;
import static io.inmesh.resolver.kubernetes.rule.Samples.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group A: what slices add up to. */
class JoinRulesTest {
    private static final String READY = "{ready: true, serving: true, terminating: false}";
    private static final String DRAINING = "{ready: false, serving: true, terminating: true}";
    private static final String UNREADY = "{ready: false, serving: false, terminating: false}";
    private static final String GONE = "{ready: false, serving: false, terminating: true}";

    private static List<String> http(SliceContributions join) {
        return Samples.addresses(SliceJoin.endpoints(join.of(SHOP), AddressFamily.IPV4, HTTP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels: {}", "labels: {'kubernetes.io/service-name': ''}", "labels: null", "uid: 'none'"})
    void a_slice_without_the_label_belongs_to_no_service_A1(String labels) {
        Slice unlabelled = slice(Samples.json("shop-abc", "1", endpoint("10.1.0.1", READY))
                .replace("labels: {'kubernetes.io/service-name': 'shop'}", labels));
        assertThat(unlabelled.service()).isNull();
        assertThat(http(join(unlabelled))).isEmpty();
    }

    @Test
    void the_set_is_the_union_of_all_slices_A2() {
        assertThat(http(join(
                        slice("s2", "1", endpoint("10.1.0.2", READY)), slice("s1", "1", endpoint("10.1.0.1", READY)))))
                .containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
    }

    @Test
    void an_update_replaces_one_slice_s_contribution_and_a_delete_removes_it_A3() {
        SliceContributions join =
                join(slice("s1", "1", endpoint("10.1.0.1", READY)), slice("s2", "2", endpoint("10.1.0.2", READY)));
        join.put(slice("s1", "3", endpoint("10.1.0.3", READY)));
        assertThat(http(join)).containsExactly("10.1.0.2:8080", "10.1.0.3:8080");
        join.remove(new ObjectName("prod", "s1"), "4");
        assertThat(http(join)).containsExactly("10.1.0.2:8080");
        assertThat(join.remove(new ObjectName("prod", "unknown"), "5")).isEmpty();
    }

    private static Slice hundred(int number, String version, int firstHost) {
        String[] endpoints = IntStream.range(0, 100)
                .mapToObj(i -> endpoint("10.1." + number + "." + (i == 0 ? firstHost : i), READY))
                .toArray(String[]::new);
        return slice("s" + number, version, endpoints);
    }

    @Test
    @DisplayName("TV-K8S-1: three slices of a hundred, one event with one change: the set stays 300")
    void a_slice_s_event_never_is_the_whole_set() {
        SliceContributions join = join(hundred(1, "1", 200), hundred(2, "2", 200), hundred(3, "3", 200));
        assertThat(http(join)).hasSize(300);
        join.put(hundred(2, "4", 201));
        assertThat(http(join)).hasSize(300).contains("10.1.2.201:8080").doesNotContain("10.1.2.200:8080");
    }

    @Test
    void only_the_first_address_counts_and_an_endpoint_without_one_is_skipped_A4() {
        assertThat(http(join(slice(
                        "s1",
                        "1",
                        "{addresses: ['10.1.0.1', '10.1.0.9']}",
                        "{addresses: []}",
                        "{addresses: null}",
                        "{}",
                        "{addresses: ['not an address']}"))))
                .containsExactly("10.1.0.1:8080");
    }

    @Test
    void one_address_under_two_numbers_is_two_endpoints_A5() {
        Slice second =
                slice(Samples.json("s2", "1", endpoint("10.1.0.1", READY)).replace("8080", "9090"));
        assertThat(http(join(slice("s1", "1", endpoint("10.1.0.1", READY)), second)))
                .containsExactly("10.1.0.1:8080", "10.1.0.1:9090");
    }

    @ParameterizedTest
    @CsvSource({"010.1.0.1, 10.1.0.1", "10.01.000.1, 10.1.0.1"})
    void one_address_in_two_spellings_is_one_endpoint_A6(String one, String other) {
        assertThat(http(join(slice("s1", "1", endpoint(one, READY)), slice("s2", "1", endpoint(other, READY)))))
                .containsExactly("10.1.0.1:8080");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // not terminating wins over terminating, whatever else they say.
                READY + " | 1 | s1 | " + DRAINING + " | 2 | s2 | s1",
                UNREADY + " | 1 | s1 | " + DRAINING + " | 2 | s2 | s1",
                // ready, then serving, then the higher version, then the lower name.
                READY + " | 1 | s1 | " + UNREADY + " | 2 | s2 | s1",
                DRAINING + " | 1 | s1 | " + GONE + " | 2 | s2 | s1",
                READY + " | 9 | s1 | " + READY + " | 10 | s2 | s2",
                READY + " | 2 | s1 | " + READY + " | 1 | s2 | s1",
                READY + " | 5 | s1 | " + READY + " | 5 | s2 | s1",
                READY + " | x | s1 | " + READY + " | y | s2 | s1",
            })
    void of_two_entries_for_one_address_one_stays_whichever_came_first(
            String one,
            String oneVersion,
            String oneName,
            String other,
            String otherVersion,
            String otherName,
            String winner) {
        Slice first =
                slice(oneName, oneVersion, endpoint("10.1.0.1", one).replace("}}", "}, nodeName: '" + oneName + "'}"));
        Slice second = slice(
                otherName,
                otherVersion,
                endpoint("10.1.0.1", other).replace("}}", "}, nodeName: '" + otherName + "'}"));
        for (SliceContributions join : List.of(join(first, second), join(second, first))) {
            assertThat(SliceJoin.endpoints(join.of(SHOP), AddressFamily.IPV4, HTTP))
                    .singleElement()
                    .satisfies(joined ->
                            assertThat(joined.endpoint().locality().node()).isEqualTo(winner));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ports: null, endpoints: null",
                "ports: [], endpoints: []",
                "generation: 1",
                "ports: null, endpoints: []"
            })
    void null_absent_and_empty_lists_are_normal_A9(String lists) {
        Slice placeholder =
                slice("{metadata: {name: 's1', namespace: 'prod', labels: {'kubernetes.io/service-name': 'shop'}},"
                        + " addressType: 'IPv4', " + lists + "}");
        assertThat(placeholder.ports()).isEmpty();
        assertThat(placeholder.endpoints()).isEmpty();
        assertThat(http(join(placeholder))).isEmpty();
    }

    @Test
    void unready_endpoints_stay_with_their_flags_A10() {
        SliceContributions join = join(slice("s1", "1", endpoint("10.1.0.1", UNREADY)));
        assertThat(SliceJoin.endpoints(join.of(SHOP), AddressFamily.IPV4, HTTP))
                .singleElement()
                .satisfies(joined -> assertThat(joined.endpoint().ready()).isFalse());
    }

    @Test
    void a_label_that_changes_moves_the_contribution_A11() {
        SliceContributions join = join(slice("s1", "1", endpoint("10.1.0.1", READY)));
        Slice moved = slice(Samples.json("s1", "2", endpoint("10.1.0.1", READY)).replace("'shop'", "'cart'"));
        ObjectName cart = new ObjectName("prod", "cart");
        assertThat(join.put(moved)).containsExactlyInAnyOrder(SHOP, cart);
        assertThat(http(join)).isEmpty();
        assertThat(Samples.addresses(SliceJoin.endpoints(join.of(cart), AddressFamily.IPV4, HTTP)))
                .containsExactly("10.1.0.1:8080");
    }

    @ParameterizedTest
    @CsvSource({"10, 9, stays", "9, 10, replaced", "10, x, replaced", "'', 5, replaced", "010, 9, replaced"})
    void an_event_older_than_what_is_held_is_dropped_where_versions_can_be_compared_W16(
            String held, String event, String expected) {
        SliceContributions join = join(slice("s1", held, endpoint("10.1.0.1", READY)));
        join.put(slice("s1", event, endpoint("10.1.0.2", READY)));
        assertThat(http(join)).containsExactly(expected.equals("stays") ? "10.1.0.1:8080" : "10.1.0.2:8080");
    }

    @Test
    void two_addresses_of_one_pod_with_one_number_do_not_share_an_id() {
        String pod = ", targetRef: {kind: 'Pod', uid: 'uid-7', name: 'shop-7'}}";
        Slice both = slice(
                "s1",
                "1",
                endpoint("10.1.0.1", READY).replace("}}", "}" + pod),
                endpoint("10.1.0.2", READY).replace("}}", "}" + pod));
        Answer.Found known = (Answer.Found) Samples.resolve(
                Samples.wanted("80"),
                Samples.serviceWith("{clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}]}"),
                join(both),
                Samples.INSIDE);
        assertThat(known.endpoints()).extracting(each -> each.id()).containsExactly("uid-7:8080", "10.1.0.2:8080");
    }
}
