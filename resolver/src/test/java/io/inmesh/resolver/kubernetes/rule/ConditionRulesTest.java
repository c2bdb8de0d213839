package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group C: which conditions make an endpoint usable. */
class ConditionRulesTest {

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "{ready: null, serving: null, terminating: null}", "{other: true}"})
    void absent_and_null_mean_ready_serving_and_not_terminating_C1(String conditions) {
        SliceEndpoint endpoint = Samples.slice("s", "1", Samples.endpoint("10.1.0.1", conditions))
                .endpoints()
                .get(0);
        assertThat(endpoint.ready()).isTrue();
        assertThat(endpoint.serving()).isTrue();
        assertThat(endpoint.terminating()).isFalse();
    }

    @ParameterizedTest(name = "{0}: {1} become {2}")
    @CsvSource({
        // r = ready, s = serving, t = terminating; what each becomes: U usable, D draining, X unusable
        "C-3, rs, U",
        "C-3, r, U",
        "C-3, rst, U", // ready counts, terminating or not
        "C-3, rst st, U D",
        "C-6, rs st, U D", // one ready hides the draining ones
        "C-6, rs st st, U D D",
        "C-4, st st, U U", // nothing is ready
        "C-5, st s, U X", // serving alone is not enough
        "C-5, s, X",
        "C-5, t, X",
        "C-9, -, X", // all unready is an empty set
        "C-9, - s t, X X X",
        "C-5, rs s t -, U X X X",
        "C-5, st t s -, U X X X",
    })
    void conditions_decide_C3_C4_C5_C6_C9(String rule, String endpoints, String expected) {
        List<String> said = Arrays.stream(endpoints.split(" "))
                .map(flags -> Samples.endpoint(
                        "10.1.0.1",
                        "{ready: " + flags.contains("r") + ", serving: " + flags.contains("s") + ", terminating: "
                                + flags.contains("t") + "}"))
                .toList();
        List<JoinedEndpoint> joined = Samples.slice("s", "1", said.toArray(String[]::new)).endpoints().stream()
                .map(endpoint -> new JoinedEndpoint(endpoint, 80, null))
                .toList();
        Judgement judged = UsabilityRules.judge(joined, TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NONE);
        assertThat(IntStream.range(0, judged.size())
                        .mapToObj(i -> letter(judged.usability(i)))
                        .collect(Collectors.joining(" ")))
                .as(rule)
                .isEqualTo(expected);
    }

    private static String letter(Usability usability) {
        if (usability instanceof Usability.Draining draining) {
            assertThat(draining.reason()).contains("C-6");
            return "D";
        }
        if (usability instanceof Usability.Unusable unusable) {
            assertThat(unusable.reason()).contains("C-5");
            return "X";
        }
        return "U";
    }

    @Test
    void publishing_unready_addresses_is_not_looked_at_C7() {
        ServiceObject publishes = Samples.serviceWith("{clusterIP: '10.96.0.1', publishNotReadyAddresses: true,"
                + " ports: [{name: 'http', port: 80, protocol: 'TCP'}]}");
        Slice unready = Samples.slice("s", "1", Samples.endpoint("10.1.0.1", "{ready: false, serving: false}"));
        assertThat(Samples.resolve(Samples.wanted("http"), publishes, Samples.join(unready), Samples.INSIDE))
                .isInstanceOfSatisfying(Answer.Found.class, known -> assertThat(known.endpoints())
                        .hasSize(1)
                        .noneMatch(endpoint -> endpoint.usability().isUsable()));
    }

    @Test
    void all_unready_is_no_panic_but_a_set_with_nothing_usable_and_its_reason_C9() {
        Answer.Found known = found("{ready: false, serving: false}");
        assertThat(known.endpoints()).noneMatch(endpoint -> endpoint.usability().isUsable());
        assertThat(Objects.requireNonNull(known.words()).reason()).isEqualTo(Reason.NO_ENDPOINTS);
    }

    @Test
    void what_drains_stays_in_the_set_as_draining_so_that_its_calls_may_end_and_then_leaves_it_C8() {
        String drains = "{ready: false, serving: true, terminating: true}";
        Answer.Found draining = found("{ready: true}", drains);
        assertThat(draining.endpoints()).hasSize(2);
        assertThat(draining.endpoints().get(1).usability()).isInstanceOf(Usability.Draining.class);
        assertThat(draining.endpoints().get(1).usability().isUsable()).isFalse();
        assertThat(found("{ready: true}").endpoints()).hasSize(1);
        assertThat(found(drains).endpoints().get(0).usability().isUsable())
                .as("where nothing else is usable")
                .isTrue();
    }

    /** What is told of a service whose endpoints have these conditions. */
    private static Answer.Found found(String... conditions) {
        ServiceObject service =
                Samples.serviceWith("{clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80, protocol: 'TCP'}]}");
        String[] endpoints = IntStream.range(0, conditions.length)
                .mapToObj(i -> Samples.endpoint("10.1.0." + (i + 1), conditions[i]))
                .toArray(String[]::new);
        Slice slice = Samples.slice("s", "1", endpoints);
        return (Answer.Found) Samples.resolve(Samples.wanted("http"), service, Samples.join(slice), Samples.INSIDE);
    }
}
