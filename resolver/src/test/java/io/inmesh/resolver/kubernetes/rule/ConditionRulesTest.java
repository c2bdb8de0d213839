package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.Arrays;
import java.util.List;
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

    @ParameterizedTest
    @CsvSource({
        // r = ready, s = serving, t = terminating; what each becomes: U usable, D draining, X unusable
        "rs, U",
        "r, U",
        "rst, U", // C-3: ready counts, terminating or not
        "rs st, U D", // C-6: one ready hides the draining ones
        "st st, U U", // C-4: nothing is ready
        "st s, U X", // C-5: serving alone is not enough
        "s, X",
        "t, X",
        "-, X", // C-9: all unready is an empty set
        "rs s t -, U X X X",
        "st t s -, U X X X",
    })
    void conditions_decide(String endpoints, String expected) {
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
}
