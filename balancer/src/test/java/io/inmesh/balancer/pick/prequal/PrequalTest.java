package io.inmesh.balancer.pick.prequal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.testing.Allocation;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrequalTest {
    private static final long SEED = 2024;

    /** Nothing is thrown away, and probes last: what is in the pool is what a test put there. */
    private static final PrequalSettings STILL = new PrequalSettings(0.01, 0, 1, 16, Duration.ofSeconds(1), 0.6);

    private final FakeClock clock = new FakeClock();
    private final List<EndpointView> endpoints = TestEndpoints.members(40);
    private final List<EndpointView> probed = new ArrayList<>();

    private PrequalPicker picker(PrequalSettings numbers, List<EndpointView> over, @Nullable Picker previous) {
        Prober prober = (endpoint, answers) -> probed.add(endpoint);
        return (PrequalPicker) new Prequal(numbers, prober)
                .newPicker(new PickerFactory.Input(over, new SplittableRandom(SEED), clock, previous));
    }

    private int chosen(Picker picker) {
        return TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE));
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1.32", "1, 0.25, 3.39", "0.5, 0.25, 11.76"})
    @DisplayName("TV-PRQ-2")
    void how_often_a_probe_is_used(double probes, double removed, double uses) {
        PrequalSettings numbers = new PrequalSettings(probes, removed, 1, 16, Duration.ofSeconds(1), 0.6);
        assertThat(numbers.usesEach(100)).isCloseTo(uses, within(0.005));
    }

    @Test
    void where_all_would_fit_half_are_kept() {
        assertThat(PrequalSettings.DEFAULT.poolFor(100)).isEqualTo(16);
        assertThat(PrequalSettings.DEFAULT.poolFor(16)).isEqualTo(8);
        assertThat(PrequalSettings.DEFAULT.poolFor(3)).isEqualTo(2);
        assertThat(PrequalSettings.DEFAULT.usesEach(3)).isInfinite();
    }

    @Test
    @DisplayName("5.14: of the cold the quickest; where none is cold, the fewest requests")
    void the_quickest_of_the_cold_else_the_least_busy() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        // The 0.6 quantile of 1, 2, 3, 4, 50 is 4: all but the last are cold.
        picker.answered(endpoints.get(1), 1, 30e6);
        picker.answered(endpoints.get(2), 2, 20e6);
        picker.answered(endpoints.get(3), 3, 5e6);
        picker.answered(endpoints.get(4), 4, 10e6);
        picker.answered(endpoints.get(5), 50, 1e6);
        assertThat(chosen(picker)).as("hot, however quick, is not taken").isEqualTo(3);
        // It has 4 now, and still is cold; once more and it has 5 and is hot.
        assertThat(chosen(picker)).isEqualTo(3);
        assertThat(chosen(picker)).isEqualTo(4);
    }

    @Test
    void where_all_are_hot_the_fewest_requests() {
        PrequalPicker picker = picker(new PrequalSettings(0.01, 0, 1, 16, Duration.ofSeconds(1), 0), endpoints, null);
        picker.answered(endpoints.get(9), 1, 1e6);
        picker.answered(endpoints.get(1), 7, 1e6);
        picker.answered(endpoints.get(2), 5, 9e6);
        chosen(picker);
        // The cold one has become 2 and is hot as well.
        assertThat(chosen(picker)).isEqualTo(9);
        for (int i = 0; i < 3; i++) {
            chosen(picker);
        }
        assertThat(chosen(picker)).as("6 requests against 5").isEqualTo(2);
    }

    @Test
    void fewer_than_two_answers_are_no_choice() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        picker.answered(endpoints.get(7), 0, 1e6);
        long others = IntStream.range(0, 100).filter(i -> chosen(picker) != 7).count();
        assertThat(others).isGreaterThan(80);
    }

    @Test
    void answers_older_than_a_second_do_not_count() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        picker.answered(endpoints.get(1), 0, 1e6);
        picker.answered(endpoints.get(2), 0, 2e6);
        clock.advance(Duration.ofMillis(1_001));
        chosen(picker);
        assertThat(picker.pool().size()).isZero();
    }

    @Test
    void each_request_sends_its_probes_and_throws_one_answer_away_the_oldest_and_the_worst_in_turn() {
        PrequalPicker picker = picker(PrequalSettings.DEFAULT, endpoints, null);
        for (int i = 0; i < 6; i++) {
            picker.answered(endpoints.get(i), i == 4 ? 90 : 1, 1e6 * (10 - i));
        }
        assertThat(picker.pool().size()).isEqualTo(6);
        for (int i = 0; i < 100; i++) {
            chosen(picker);
        }
        assertThat(probed).hasSize(300);
        assertThat(probed.stream().distinct().count()).isEqualTo(40);
        assertThat(picker.pool().size()).isZero();
    }

    @Test
    void the_pool_keeps_sixteen_the_newest() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        for (int i = 0; i < 40; i++) {
            picker.answered(endpoints.get(i), 1, 1e6 * i);
        }
        assertThat(picker.pool().size()).isEqualTo(16);
        assertThat(chosen(picker)).isEqualTo(24);
    }

    @Test
    void the_quantile_is_that_of_the_last_answers_however_many_came() {
        ProbePool pool = new ProbePool(16);
        pool.retain(endpoints);
        assertThat(pool.enter()).isTrue();
        SplittableRandom random = new SplittableRandom(SEED);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int requests = random.nextInt(100);
            all.add(requests);
            pool.add(endpoints.get(0), requests, 1, 0, 1, 16);
            List<Integer> last = new ArrayList<>(all.subList(Math.max(0, all.size() - 64), all.size()));
            last.sort(null);
            for (double quantile : new double[] {0, 0.6, 0.84, 1}) {
                int expected = last.get(Math.min(last.size() - 1, (int) (quantile * last.size())));
                assertThat(pool.threshold(quantile))
                        .as("seed %d, answer %d", SEED, i)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("C3: answers of those who stay survive, of those who left none is believed")
    void the_pool_goes_from_picker_to_picker() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        picker.answered(endpoints.get(1), 0, 1e6);
        picker.answered(endpoints.get(2), 0, 2e6);
        picker.answered(endpoints.get(3), 0, 3e6);
        PrequalPicker successor = picker(STILL, endpoints.subList(2, 40), picker);
        assertThat(successor.pool()).isSameAs(picker.pool());
        assertThat(successor.pool().size()).isEqualTo(2);
        assertThat(chosen(successor)).isEqualTo(2);
        successor.answered(endpoints.get(1), 0, 1e5);
        assertThat(successor.pool().size()).isEqualTo(2);
    }

    @Test
    void a_repeat_is_placed_without_the_pool() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        picker.answered(endpoints.get(1), 0, 1e6);
        picker.answered(endpoints.get(2), 0, 2e6);
        assertThat(picker.choose(PickContext.NONE.withTried(endpoints.get(5).endpoint())))
                .isInstanceOf(EndpointView.class);
        assertThat(picker.pool().size()).isEqualTo(2);
    }

    @Test
    void whoever_meets_another_inside_does_without_the_pool() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        assertThat(picker.pool().enter()).isTrue();
        assertThat(chosen(picker)).isNotNegative();
        picker.answered(endpoints.get(1), 0, 1e6);
        picker.pool().leave();
        assertThat(picker.pool().size())
                .as("an answer that met somebody is dropped")
                .isZero();
    }

    @Test
    void settings_are_those_of_the_paper() {
        assertThat(new Prequal().readsLatency()).isTrue();
        assertThat(new Prequal().with(Map.of("quantile", "0.84", "probes", "0.5")))
                .asString()
                .contains("quantile=0.84", "probesPerRequest=0.5");
    }

    private PrequalPicker heardBy(PickerFactory.Fallback fallback, Prober prober) {
        return (PrequalPicker) new Prequal(PrequalSettings.DEFAULT, prober)
                .newPicker(new PickerFactory.Input(
                        endpoints, new SplittableRandom(SEED), clock, null, fallback, List.of()));
    }

    @Test
    @DisplayName("5.14: where nobody answers it is peak-ewma, which is counted; idle time is no silence")
    void where_nobody_answers_it_is_peak_ewma_and_counted() {
        List<String> fallbacks = new ArrayList<>();
        PrequalPicker picker = heardBy(fallbacks::add, (endpoint, answers) -> probed.add(endpoint));
        chosen(picker);
        clock.advance(Duration.ofSeconds(10));
        chosen(picker);
        assertThat(fallbacks).as("10 s of patience").isEmpty();
        clock.advance(Duration.ofMillis(1));
        // All but one are busy: by lot it would get 1 in 40, and peak-ewma finds it whenever it is drawn.
        List<Lease> busy =
                endpoints.subList(1, 40).stream().map(EndpointView::begin).toList();
        long idleChosen =
                IntStream.range(0, 2_000).filter(i -> chosen(picker) == 0).count();
        assertThat(idleChosen).isBetween(70L, 130L);
        assertThat(fallbacks).hasSize(2_000).containsOnly(fallbacks.get(0));
        assertThat(fallbacks.get(0)).contains("no endpoint answers", "peak-ewma", "Lease.report");
        busy.forEach(Lease::close);

        picker.answered(endpoints.get(1), 1, 1e6);
        clock.advance(Duration.ofHours(1));
        fallbacks.clear();
        chosen(picker);
        assertThat(fallbacks).as("an hour without requests").isEmpty();
    }

    @Test
    void without_a_prober_nobody_is_asked_and_peak_ewma_chooses_at_once() {
        PrequalPicker picker = heardBy(PickerFactory.Fallback.UNHEARD, Prober.NONE);
        List<Lease> busy =
                endpoints.subList(1, 40).stream().map(EndpointView::begin).toList();
        long idleChosen =
                IntStream.range(0, 2_000).filter(i -> chosen(picker) == 0).count();
        assertThat(idleChosen).isBetween(70L, 130L);
        busy.forEach(Lease::close);
    }

    @Test
    @DisplayName("5.14: what responses report are answers that nobody asked for")
    void what_responses_report_are_answers() {
        PrequalPicker picker = heardBy(PickerFactory.Fallback.UNHEARD, Prober.NONE);
        picker.reported(endpoints.get(1), LoadReport.inFlight(1, Duration.ofMillis(30)));
        picker.reported(endpoints.get(2), LoadReport.inFlight(1, Duration.ofMillis(10)));
        picker.reported(endpoints.get(3), LoadReport.inFlight(1, Duration.ofMillis(20)));
        assertThat(chosen(picker)).isEqualTo(2);
    }

    @Test
    void a_report_that_says_nothing_of_load_and_an_answer_that_makes_no_sense_are_no_answers() {
        PrequalPicker picker = picker(STILL, endpoints, null);
        picker.reported(endpoints.get(1), LoadReport.of(100, 0.5));
        picker.reported(endpoints.get(1), new LoadReport(100, 0, 0, 0, Map.of(), 3, null));
        picker.answered(endpoints.get(1), -1, 1e6);
        picker.answered(endpoints.get(1), 1, Double.NaN);
        picker.answered(endpoints.get(1), 1, -1);
        assertThat(picker.pool().size()).isZero();
    }

    @Test
    void threads_choose_and_answer_at_once_and_nothing_is_allocated() throws Exception {
        Prober instant = (endpoint, answers) -> answers.answered(endpoint, endpoint.inFlight(), 1e6);
        Picker picker = new Prequal(PrequalSettings.DEFAULT, instant)
                .newPicker(new PickerFactory.Input(
                        endpoints, new StripedRandom(4, new SplittableRandom(SEED)), clock, null));
        Together.run(4, thread -> {
            for (int i = 0; i < 50_000; i++) {
                assertThat(TestEndpoints.indexOf(endpoints, picker.choose(PickContext.NONE)))
                        .isNotNegative();
            }
        });
        assertThat(((PrequalPicker) picker).pool().size()).isBetween(0, 16);
        assertThat(Allocation.bytesPerRun(() -> picker.choose(PickContext.NONE), 200_000))
                .isLessThan(Allocation.NOTHING);
    }
}
