package io.inmesh.balancer.stage.weight;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsFromCodeTest {
    private final FakeClock clock = new FakeClock();
    private final EndpointStates states = new EndpointStates();

    private Layout layout(int... ownWeights) {
        return Layout.of(IntStream.range(0, ownWeights.length)
                .mapToObj(i -> new Member(
                        TestEndpoints.TARGET,
                        TestEndpoints.endpoint(i).withWeight(ownWeights[i]),
                        states,
                        clock,
                        BalancerObserver.NONE))
                .toList());
    }

    private static List<Double> weights(ToIntFunction<Endpoint> function, Layout layout) {
        return new WeightsFromCode(function)
                .apply(layout).candidates().stream()
                        .map(Layout.Candidate::weight)
                        .toList();
    }

    @Test
    void the_functions_word_replaces_the_endpoints_own() {
        assertThat(weights(endpoint -> 7, layout(1, 3, 0))).containsExactly(7.0, 7.0, 7.0);
        assertThat(weights(endpoint -> 2 * endpoint.weight(), layout(1, 3, 0))).containsExactly(2.0, 6.0, 0.0);
        assertThat(weights(endpoint -> Endpoint.MAX_WEIGHT, layout(3))).containsExactly((double) Endpoint.MAX_WEIGHT);
        assertThat(weights(endpoint -> 0, layout(3))).containsExactly(0.0);
    }

    @Test
    void it_stands_before_every_other_stage_so_nothing_is_left_of_what_was_there() {
        Layout halved = layout(4, 1).mapGroups(group -> group.map(each -> each.withWeight(each.weight() / 2)));
        assertThat(weights(endpoint -> 10, halved)).containsExactly(10.0, 10.0);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, (1 << 20) + 1})
    void a_number_that_is_no_weight_is_named_once_with_its_endpoint(int said) {
        try (HeardLog log = new HeardLog()) {
            ToIntFunction<Endpoint> function = endpoint -> endpoint.weight() == 3 ? said : 9;
            WeightsFromCode stage = new WeightsFromCode(function);
            stage.apply(layout(1, 3, 3));
            assertThat(stage.apply(layout(1, 3, 3)).candidates())
                    .extracting(Layout.Candidate::weight)
                    .containsExactly(9.0, 3.0, 3.0);
            assertThat(log.lines("weights: "))
                    .singleElement()
                    .asString()
                    .contains("weights: " + said + " for endpoint 10.0.0.1:8080 (expected: 0..1048576, 0 quiesces)")
                    .contains("keeps its own weight");
        }
    }

    @Test
    void a_function_that_fails_costs_one_line_and_no_weight() {
        try (HeardLog log = new HeardLog()) {
            ToIntFunction<Endpoint> function = endpoint -> {
                throw new IllegalStateException("no such table");
            };
            WeightsFromCode stage = new WeightsFromCode(function);
            for (int i = 0; i < 3; i++) {
                assertThat(stage.apply(layout(1, 3)).candidates())
                        .extracting(Layout.Candidate::weight)
                        .containsExactly(1.0, 3.0);
            }
            assertThat(log.lines("failed for endpoint 10.0.0.0:8080")).hasSize(1);
            assertThat(log.lines("no such table")).hasSize(1);
        }
    }
}
