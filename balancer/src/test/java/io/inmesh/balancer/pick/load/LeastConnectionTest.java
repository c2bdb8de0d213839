package io.inmesh.balancer.pick.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.LoadedView;
import io.inmesh.balancer.testing.TestEndpoints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The least loaded in IPVS's four senses, against the vectors (ties FIRST) and against naive models. */
class LeastConnectionTest {
    private static final long SEED = 1_507;

    private static Picker picker(LeastConnection.Kind kind, Ties ties, List<EndpointView> endpoints) {
        return new LeastConnection(kind, false, ties)
                .newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
    }

    private static Picker first(LeastConnection.Kind kind, List<EndpointView> endpoints) {
        return picker(kind, Ties.FIRST, endpoints);
    }

    /** Picks and begins, so that each pick sees those before it. */
    private static String begun(Picker picker, List<EndpointView> endpoints, int picks) {
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < picks; i++) {
            EndpointView chosen = (EndpointView) picker.choose(PickContext.NONE);
            chosen.begin();
            turns.append((char) ('A' + TestEndpoints.indexOf(endpoints, chosen)));
        }
        return turns.toString();
    }

    private static String burst(LeastConnection.Kind kind, int picks, double... weights) {
        List<EndpointView> endpoints = TestEndpoints.members(weights);
        return begun(first(kind, endpoints), endpoints, picks);
    }

    private static List<EndpointView> views(int[] active, double[] weights) {
        return IntStream.range(0, active.length)
                .<EndpointView>mapToObj(i -> new LoadedView(TestEndpoints.endpoint(i), active[i], weights[i]))
                .toList();
    }

    @Test
    @DisplayName("TV-LC-1")
    void equal_endpoints_take_turns() {
        assertThat(burst(LeastConnection.Kind.LC, 7, 1, 1, 1)).isEqualTo("ABCABCA");
        assertThat(burst(LeastConnection.Kind.LC, 6, 1, 2, 3))
                .as("weights do not count")
                .isEqualTo("ABCABC");
    }

    @Test
    @DisplayName("TV-WLC-1")
    void weights_count_in_wlc() {
        assertThat(burst(LeastConnection.Kind.WLC, 6, 1, 2, 3)).isEqualTo("ABCCBC");
    }

    @Test
    @DisplayName("TV-WLC-2, TV-WLC-3")
    void idle_connections_cost_a_256th() {
        for (LeastConnection.Kind kind : List.of(LeastConnection.Kind.LC, LeastConnection.Kind.WLC)) {
            List<EndpointView> endpoints = List.of(new Pooled(0, 2, 0), new Pooled(1, 1, 300));
            assertThat(first(kind, endpoints).choose(PickContext.NONE))
                    .as("512 < 556")
                    .isSameAs(endpoints.get(0));
            endpoints = List.of(new Pooled(0, 2, 0), new Pooled(1, 1, 255));
            assertThat(first(kind, endpoints).choose(PickContext.NONE))
                    .as("511 < 512")
                    .isSameAs(endpoints.get(1));
        }
        // sed and nq ignore them.
        List<EndpointView> endpoints = List.of(new Pooled(0, 2, 0), new Pooled(1, 1, 300));
        assertThat(first(LeastConnection.Kind.SED, endpoints).choose(PickContext.NONE))
                .isSameAs(endpoints.get(1));
    }

    @Test
    @DisplayName("TV-SED-1, TV-SED-2")
    void sed_counts_the_request_itself() {
        assertThat(burst(LeastConnection.Kind.SED, 6, 1, 2, 3)).isEqualTo("CBCABC");
        List<EndpointView> endpoints = views(new int[] {1, 1, 2}, new double[] {1, 2, 3});
        assertThat(first(LeastConnection.Kind.SED, endpoints).choose(PickContext.NONE))
                .isSameAs(endpoints.get(1));
    }

    @Test
    @DisplayName("TV-NQ-1, TV-NQ-2")
    void nq_takes_an_idle_endpoint_at_once() {
        assertThat(burst(LeastConnection.Kind.NQ, 6, 1, 2, 3)).isEqualTo("ABCCBC");
        List<EndpointView> endpoints = views(new int[] {0, 1, 2}, new double[] {1, 10, 10});
        assertThat(first(LeastConnection.Kind.NQ, endpoints).choose(PickContext.NONE))
                .isSameAs(endpoints.get(0));
        assertThat(first(LeastConnection.Kind.SED, endpoints).choose(PickContext.NONE))
                .isSameAs(endpoints.get(1));
    }

    @Test
    @DisplayName("5.4: after T starts without an end, at equal weights, max - min <= 1; also section 9")
    void a_burst_spreads_to_within_one_up_to_64_endpoints_and_at_any_number_if_exact() {
        for (int n : new int[] {2, 3, 17, 64, 300}) {
            List<EndpointView> endpoints = TestEndpoints.members(n);
            Picker picker = new LeastConnection(LeastConnection.Kind.LC, n > 64, Ties.RANDOM)
                    .newPicker(new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
            for (int i = 0; i < 5 * n + 3; i++) {
                ((EndpointView) picker.choose(PickContext.NONE)).begin();
                if (i % n == n - 1) {
                    assertThat(endpoints)
                            .allMatch(endpoint ->
                                    endpoint.inFlight() == endpoints.get(0).inFlight());
                }
            }
        }
    }

    @Test
    @DisplayName("5.4: a drained endpoint receives the next pick")
    void the_endpoint_that_has_become_idle_is_next() {
        List<EndpointView> endpoints = TestEndpoints.members(5);
        Picker picker = picker(LeastConnection.Kind.LC, Ties.RANDOM, endpoints);
        List<io.inmesh.api.Lease> leases = new ArrayList<>();
        endpoints.forEach(endpoint -> leases.add(endpoint.begin()));
        leases.get(3).complete(Outcome.SUCCESS);
        assertThat(picker.choose(PickContext.NONE)).isSameAs(endpoints.get(3));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("5.4, 5.5: the choice of a naive model over random loads and weights")
    void the_choice_is_that_of_a_naive_model(LeastConnection.Kind kind) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 2_000; round++) {
            int n = 1 + random.nextInt(64);
            int[] active = random.ints(n, 0, 6).toArray();
            double[] weights = random.ints(n, 1, 5).asDoubleStream().toArray();
            List<EndpointView> endpoints = views(active, weights);
            int expected = 0;
            for (int i = 0; i < n; i++) {
                if (cost(kind, active[i], weights[i]) < cost(kind, active[expected], weights[expected]) - 1e-12) {
                    expected = i;
                }
            }
            assertThat(TestEndpoints.indexOf(endpoints, first(kind, endpoints).choose(PickContext.NONE)))
                    .as("seed %d, round %d, %s", SEED, round, kind)
                    .isEqualTo(expected);
        }
    }

    private static double cost(LeastConnection.Kind kind, int active, double weight) {
        return switch (kind) {
            case LC -> 256.0 * active;
            case WLC -> 256.0 * active / weight;
            case SED -> (active + 1) / weight;
            case NQ -> active == 0 ? -1 : (active + 1) / weight;
        };
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("C7: of equals any, not always the first")
    void ties_fall_at_random(LeastConnection.Kind kind) {
        List<EndpointView> endpoints = TestEndpoints.members(10);
        Picker picker = picker(kind, Ties.RANDOM, endpoints);
        Set<Object> chosen = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            chosen.add(picker.choose(PickContext.NONE));
        }
        assertThat(chosen).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("5.4: above 64 endpoints two are drawn, and the most loaded is never taken")
    void large_sets_are_sampled(LeastConnection.Kind kind) {
        int n = 200;
        List<EndpointView> endpoints =
                TestEndpoints.loaded(IntStream.rangeClosed(1, n).toArray());
        Picker picker = picker(kind, Ties.FIRST, endpoints);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            int index = TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE));
            assertThat(index).isNotEqualTo(n - 1);
            sum += index;
        }
        // The lower of two different places of 200 is 66 on the average.
        assertThat(sum / 20_000).isBetween(63.0, 69.0);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("C12: a repeat takes the least loaded of those untried")
    void a_repeat_takes_the_next_least(LeastConnection.Kind kind) {
        List<EndpointView> endpoints = TestEndpoints.loaded(3, 1, 2, 5);
        Picker picker = picker(kind, Ties.RANDOM, endpoints);
        PickContext context = PickContext.NONE;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            EndpointView chosen = (EndpointView) picker.choose(context);
            order.add(chosen.inFlight());
            context = context.withTried(chosen.endpoint());
        }
        assertThat(order).containsExactly(1, 2, 3, 5);
    }

    /** An endpoint whose door keeps connections open. */
    private record Pooled(int number, int inFlight, int idleConnections) implements EndpointView {
        @Override
        public io.inmesh.api.Endpoint endpoint() {
            return TestEndpoints.endpoint(number);
        }

        @Override
        public double latencyNanos() {
            return Double.NaN;
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public io.inmesh.api.Lease begin() {
            throw new UnsupportedOperationException("begin: nothing is begun here");
        }
    }
}
