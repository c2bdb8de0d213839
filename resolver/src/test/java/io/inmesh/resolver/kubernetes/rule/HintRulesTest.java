package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group T: what hints make of a set. The client is on node n1 in zone a unless a test says otherwise. */
class HintRulesTest {
    private static final Locality CLIENT = new Locality("n1", "a");

    private static String judged(Locality client, HintUse hints, String endpoints) {
        return JudgedSamples.letters(UsabilityRules.judge(
                JudgedSamples.endpoints(endpoints.split(" ")), TrafficPolicy.CLUSTER, client, hints));
    }

    private static String judged(String endpoints) {
        return judged(CLIENT, HintUse.NODES_AND_ZONES, endpoints);
    }

    @Test
    void an_endpoints_own_zone_is_no_hint_T1() {
        assertThat(judged("rs@n1/a rs@n2/b")).isEqualTo("U U");
        assertThat(judged("rs/b>a rs/a>b")).as("the hint decides, not the zone").isEqualTo("U X");
    }

    @ParameterizedTest
    @CsvSource({
        "s st, X U", // 1: nothing ready
        "rs>a#n1 rs>a#n2, U X", // 2: node mode
        "rs>a#n2 rs>b#n3, U X", // 3: no node hint names n1, so zone mode
        "rs>b#n2 rs>c#n3, U U", // 4: neither kind names this client
        "rs>a rs, U U", // 4: one ready endpoint lacks a hint
    })
    void node_mode_comes_before_zone_mode_before_none_T2(String endpoints, String expected) {
        assertThat(judged(endpoints)).isEqualTo(expected);
    }

    @Test
    void a_mode_keeps_what_is_hinted_for_this_place_and_says_why_not_of_others_T3() {
        Judgement byZone = UsabilityRules.judge(
                JudgedSamples.endpoints("rs>a", "rs>b"), TrafficPolicy.CLUSTER, CLIENT, HintUse.NODES_AND_ZONES);
        assertThat(byZone.usability(1))
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("zone, a,", "T-3"));
        Judgement byNode = UsabilityRules.judge(
                JudgedSamples.endpoints("rs#n1", "rs#n2"), TrafficPolicy.CLUSTER, CLIENT, HintUse.NODES_AND_ZONES);
        assertThat(byNode.usability(1))
                .isInstanceOfSatisfying(Usability.Unusable.class, other -> assertThat(other.reason())
                        .contains("node, n1,", "T-3"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void an_unknown_or_blank_place_turns_hints_off_T4(@Nullable String unknown) {
        assertThat(judged(new Locality("n1", unknown), HintUse.NODES_AND_ZONES, "rs>a rs>b"))
                .isEqualTo("U U");
        assertThat(judged(new Locality(unknown, "a"), HintUse.NODES_AND_ZONES, "rs>a#n1 rs>b#n2"))
                .as("nodes fail, zones still decide")
                .isEqualTo("U X");
    }

    @Test
    void failing_node_hints_lead_to_zones_and_not_to_none_T4() {
        assertThat(judged("rs>a#n1 rs>b")).as("one lacks a node hint").isEqualTo("U X");
        assertThat(judged("rs>a#n8 rs>b#n9")).as("none names n1").isEqualTo("U X");
    }

    @ParameterizedTest
    @CsvSource({
        "rs>a rs>b s, U X X", // an unready one without a hint does no harm
        "rs>a rs>b st, U X D",
        "rs>b s>a, U X", // an unready one that names this zone is no match
        "rs>b st>a, U D",
    })
    void unready_and_draining_ones_count_for_nothing_T5(String endpoints, String expected) {
        assertThat(judged(endpoints)).isEqualTo(expected);
    }

    @Test
    void the_fallback_to_draining_ones_ignores_hints_T4_C4() {
        assertThat(judged("st>b st>a st")).isEqualTo("U U U");
    }

    @Test
    void hints_count_only_when_every_slice_has_them_T6() {
        SliceContributions join = Samples.join(
                Samples.slice("s1", "1", "{addresses: ['10.1.0.1'], hints: {forZones: [{name: 'a'}]}}"),
                Samples.slice("s2", "1", "{addresses: ['10.1.0.2']}"));
        assertThat(reached(join)).containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
        join.put(Samples.slice("s2", "2", "{addresses: ['10.1.0.2'], hints: {forZones: [{name: 'b'}]}}"));
        assertThat(reached(join)).containsExactly("10.1.0.1:8080");
    }

    private static List<String> reached(SliceContributions join) {
        return Samples.addresses(UsabilityRules.judge(
                        SliceJoin.endpoints(join.of(Samples.SHOP), AddressFamily.IPV4, Samples.HTTP),
                        TrafficPolicy.CLUSTER,
                        CLIENT,
                        HintUse.NODES_AND_ZONES)
                .usable());
    }

    @Test
    void a_hint_may_name_several_and_names_compare_with_case_T7() {
        assertThat(judged("rs>b+a rs>c")).isEqualTo("U X");
        assertThat(judged("rs#n2+n1 rs#n3")).isEqualTo("U X");
        assertThat(judged("rs>A rs>b")).isEqualTo("U U");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hints: {}", "hints: {forZones: []}", "hints: null", "hints: {forZones: null, forNodes: []}"})
    void an_empty_hint_is_no_hint_T7(String hints) {
        SliceContributions join = Samples.join(Samples.slice(
                "s1",
                "1",
                "{addresses: ['10.1.0.1'], hints: {forZones: [{name: 'a'}]}}",
                "{addresses: ['10.1.0.2'], " + hints + "}"));
        assertThat(reached(join)).hasSize(2);
    }

    @Test
    void a_zone_with_one_ready_endpoint_keeps_to_it_T8() {
        assertThat(judged("rs>a rs>b rs>b rs>b s>a")).isEqualTo("U X X X X");
    }

    @Test
    void a_zone_that_becomes_known_counts_from_then_on_T11() {
        assertThat(judged(new Locality("n1", null), HintUse.NODES_AND_ZONES, "rs>a rs>b"))
                .isEqualTo("U U");
        assertThat(judged(new Locality("n1", "b"), HintUse.NODES_AND_ZONES, "rs>a rs>b"))
                .isEqualTo("X U");
    }

    @Test
    void headless_services_follow_hints_only_if_told_to_T12() {
        HintUse usual = HintUse.NODES_AND_ZONES;
        assertThat(usual.on(ServiceKind.HEADLESS, HintUse.NONE)).isEqualTo(HintUse.NONE);
        assertThat(usual.on(ServiceKind.HEADLESS, HintUse.ZONES)).isEqualTo(HintUse.ZONES);
        assertThat(usual.on(ServiceKind.VIRTUAL_IP, HintUse.NONE)).isEqualTo(usual);
        assertThat(judged(CLIENT, HintUse.NONE, "rs>a#n1 rs>b#n2")).isEqualTo("U U");
    }

    @Test
    void node_hints_can_be_switched_off_alone_T2() {
        assertThat(judged(CLIENT, HintUse.ZONES, "rs>a#n1 rs>a#n2 rs>b#n3")).isEqualTo("U U X");
    }

    private static List<String> usable(String more, String... endpoints) {
        ServiceObject service = Samples.service("{metadata: {name: 'shop', namespace: 'prod', uid: 'u', annotations:"
                + " {'service.kubernetes.io/topology-mode': 'Auto'}}, spec: {clusterIP: '10.96.0.1', " + more
                + "ports: [{name: 'http', port: 80}]}}");
        ClientPlace place = new ClientPlace(CLIENT, null, null, Set.of(AddressFamily.IPV4));
        Slice slice = Samples.slice("s1", "1", endpoints);
        Answer.Found known =
                (Answer.Found) Samples.resolve(Samples.wanted("http"), service, Samples.join(slice), place);
        return known.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(endpoint -> endpoint.host() + " in " + endpoint.locality().zone())
                .toList();
    }

    private static String endpoint(String address, String zone, String hint) {
        return "{addresses: ['" + address + "'], conditions: {ready: true}, zone: '" + zone + "'" + hint + "}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "trafficDistribution: 'PreferSameZone', ",
                "trafficDistribution: 'PreferSameNode', ",
                "trafficDistribution: 'PreferClose', "
            })
    void what_the_controller_was_told_is_not_looked_at_but_the_hints_that_it_wrote_T1_T9(String told) {
        assertThat(usable(told, endpoint("10.1.0.1", "a", ""), endpoint("10.1.0.2", "b", "")))
                .as("it has not written them yet")
                .containsExactly("10.1.0.1 in a", "10.1.0.2 in b");
        assertThat(usable(
                        told,
                        endpoint("10.1.0.1", "a", ", hints: {forZones: [{name: 'b'}]}"),
                        endpoint("10.1.0.2", "b", ", hints: {forZones: [{name: 'a'}]}")))
                .as("it may hint another zone than the endpoint's")
                .containsExactly("10.1.0.2 in b");
    }

    @Test
    void to_prefer_the_own_zone_without_hints_is_left_to_the_balancer_which_is_told_the_zones_T13() {
        assertThat(usable("", endpoint("10.1.0.1", "a", ""), endpoint("10.1.0.2", "b", "")))
                .containsExactly("10.1.0.1 in a", "10.1.0.2 in b");
    }
}
