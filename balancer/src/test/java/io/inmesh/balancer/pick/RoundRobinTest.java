package io.inmesh.balancer.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private static final long SEED = 20_260_117L;

    private static PickerFactory policy() {
        return new RoundRobin();
    }

    private static Picker picker(List<EndpointView> endpoints) {
        return policy().newPicker(
                        new PickerFactory.Input(endpoints, new SplittableRandom(SEED), new FakeClock(), null));
    }

    private static RandomGenerator shared() {
        return new StripedRandom(4, new SplittableRandom(SEED));
    }

    /** The policy that goes on from {@link #fromZero()}. */
    private static PickerFactory exact() {
        return policy().with(Map.of("exact", "true"));
    }

    /** One sequence, which stands at 0. */
    private static Stripes fromZero() {
        return new Stripes(1, () -> 0);
    }

    private static String turns(List<EndpointView> endpoints, Picker picker, int picks) {
        return IntStream.range(0, picks)
                .mapToObj(i -> String.valueOf(
                        (char) ('A' + TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)))))
                .collect(Collectors.joining());
    }

    @Test
    @DisplayName("TV-RR-1")
    void equal_turns_in_canonical_order_and_on_from_there_when_one_leaves() {
        List<EndpointView> three = TestEndpoints.members(3);
        Picker picker = new RoundRobin.Turns(three.toArray(EndpointView[]::new), fromZero());
        assertThat(turns(three, picker, 7)).isEqualTo("ABCABCA");

        List<EndpointView> two = List.of(three.get(0), three.get(2));
        Picker successor = exact().newPicker(new PickerFactory.Input(two, () -> 0, new FakeClock(), picker));
        String after = turns(three, successor, 4);
        assertThat(after.chars().filter(c -> c == 'A').count()).isEqualTo(2);
        assertThat(after.chars().filter(c -> c == 'C').count()).isEqualTo(2);
        // Turn number 7 goes to number 7 modulo 2 of A and C: the sequence has not begun anew.
        assertThat(after).isEqualTo("CACA");
    }

    @Test
    void the_sequence_goes_on_when_weights_become_unequal_and_equal_again() {
        List<EndpointView> equal = TestEndpoints.members(3);
        RoundRobin.Turns first = new RoundRobin.Turns(equal.toArray(EndpointView[]::new), fromZero());
        first.choose(PickContext.NONE);
        Picker weighted = exact().newPicker(
                        new PickerFactory.Input(TestEndpoints.members(5, 1, 1), () -> 0, new FakeClock(), first));
        assertThat(weighted).isInstanceOf(LowDiscrepancy.class);
        assertThat(((LowDiscrepancy) weighted).sequence()).isSameAs(first.sequence());
        Picker again = exact().newPicker(new PickerFactory.Input(equal, () -> 0, new FakeClock(), weighted));
        assertThat(((RoundRobin.Turns) again).sequence()).isSameAs(first.sequence());
    }

    @Test
    void on_one_thread_no_endpoint_is_ever_more_than_one_turn_ahead() {
        for (int n : new int[] {2, 3, 10, 97}) {
            List<EndpointView> endpoints = TestEndpoints.members(n);
            Picker picker = picker(endpoints);
            int[] counts = new int[n];
            for (int pick = 1; pick <= 20 * n + 5; pick++) {
                counts[TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE))]++;
                int max = IntStream.of(counts).max().orElseThrow();
                int min = IntStream.of(counts).min().orElseThrow();
                assertThat(max - min).as("n %d, pick %d", n, pick).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void each_window_of_n_picks_on_one_thread_visits_everyone() {
        List<EndpointView> endpoints = TestEndpoints.members(7);
        Picker picker = picker(endpoints);
        List<Integer> picks = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            picks.add(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)));
        }
        for (int from = 0; from + 7 <= picks.size(); from++) {
            assertThat(new HashSet<>(picks.subList(from, from + 7))).hasSize(7);
        }
    }

    @Test
    void over_all_threads_counts_differ_by_no_more_than_the_number_of_stripes() throws Exception {
        int n = 10;
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = policy().newPicker(new PickerFactory.Input(endpoints, shared(), new FakeClock(), null));
        AtomicIntegerArray counts = new AtomicIntegerArray(n);
        Together.run(16, thread -> {
            for (int i = 0; i < 5_003; i++) {
                counts.incrementAndGet(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)));
            }
        });
        int stripes = 2;
        while (stripes < Runtime.getRuntime().availableProcessors()) {
            stripes *= 2;
        }
        int[] all = IntStream.range(0, n).map(counts::get).toArray();
        assertThat(IntStream.of(all).sum()).isEqualTo(16 * 5_003);
        assertThat(IntStream.of(all).max().orElseThrow()
                        - IntStream.of(all).min().orElseThrow())
                .isLessThanOrEqualTo(stripes);
    }

    @Test
    @DisplayName("C10")
    void pickers_started_together_begin_at_different_places() {
        List<EndpointView> endpoints = TestEndpoints.members(100);
        Set<Integer> starts = new HashSet<>();
        for (int client = 0; client < 50; client++) {
            Picker picker = policy().newPicker(new PickerFactory.Input(
                    endpoints, new SplittableRandom(SEED + client), new FakeClock(), null));
            starts.add(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)));
        }
        // 50 draws from 100 places are expected to hit 39 different ones; fewer than 25 happens never by chance.
        assertThat(starts).hasSizeGreaterThan(25);
    }

    @Test
    void a_sequence_beyond_the_largest_signed_number_still_finds_an_endpoint() {
        List<EndpointView> endpoints = TestEndpoints.members(3);
        Stripes sequence = fromZero();
        sequence.getAndAdd(Long.MAX_VALUE);
        Picker picker = new RoundRobin.Turns(endpoints.toArray(EndpointView[]::new), sequence);
        // 2^63 - 1 is 1 modulo 3.
        assertThat(turns(endpoints, picker, 6)).isEqualTo("BCABCA");
    }

    @Test
    @DisplayName("5.1: exact, counts of all threads together differ by one at most")
    void exact_is_one_sequence_for_all_threads() throws Exception {
        int n = 10;
        List<EndpointView> endpoints = TestEndpoints.members(n);
        Picker picker = exact().newPicker(new PickerFactory.Input(endpoints, shared(), new FakeClock(), null));
        AtomicIntegerArray counts = new AtomicIntegerArray(n);
        Together.run(8, thread -> {
            for (int i = 0; i < 5_003; i++) {
                counts.incrementAndGet(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)));
            }
        });
        int[] all = IntStream.range(0, n).map(counts::get).toArray();
        assertThat(IntStream.of(all).sum()).isEqualTo(8 * 5_003);
        assertThat(IntStream.of(all).max().orElseThrow()
                        - IntStream.of(all).min().orElseThrow())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void a_sequence_of_many_stripes_is_not_carried_on_as_an_exact_one_but_an_exact_one_is() {
        List<EndpointView> endpoints = TestEndpoints.members(3);
        RoundRobin.Turns first = (RoundRobin.Turns)
                exact().newPicker(new PickerFactory.Input(endpoints, shared(), new FakeClock(), null));
        RoundRobin.Turns next = (RoundRobin.Turns)
                exact().newPicker(new PickerFactory.Input(endpoints, shared(), new FakeClock(), first));
        assertThat(next.sequence()).isSameAs(first.sequence());
        RoundRobin.Turns striped = new RoundRobin.Turns(
                endpoints.toArray(EndpointView[]::new), new Stripes(64, new SplittableRandom(SEED)));
        RoundRobin.Turns after = (RoundRobin.Turns)
                exact().newPicker(new PickerFactory.Input(endpoints, shared(), new FakeClock(), striped));
        assertThat(after.sequence()).isNotSameAs(striped.sequence());
    }
}
