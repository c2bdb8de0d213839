package io.inmesh.balancer.eject;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Usability;
import io.inmesh.api.testing.ScriptedRandom;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.EjectConfig;
import io.inmesh.balancer.state.Tally;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is ejected, for how long, and how he comes back. */
class EjectionPlanTest {
    private static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final String ROW = "5 failures in a row";

    private final Map<String, Tally> tallies = new HashMap<>();
    private final List<String> heard = new ArrayList<>();
    private int round;

    private final EjectionPlan.Judge judge = new EjectionPlan.Judge() {
        @Override
        public void out(Endpoint endpoint, String why, Duration howLong) {
            heard.add(endpoint.host() + " out " + howLong.toMillis() / 1000.0);
        }

        @Override
        public void onTrial(Endpoint endpoint, String why, int newRound) {
            heard.add(endpoint.host() + " on trial");
            round = newRound;
        }

        @Override
        public void restored(Endpoint endpoint) {
            heard.add(endpoint.host() + " back");
        }
    };

    private EjectionPlan plan(int endpoints, String... settings) {
        Map<String, String> all = new HashMap<>(Map.of("eject.jitter", "off"));
        for (String setting : settings) {
            all.put("eject." + setting.split("=", -1)[0], setting.split("=", -1)[1]);
        }
        EjectConfig config = BalancerConfig.of(all).eject();
        EjectionPlan plan = new EjectionPlan(
                config, id -> tallies.getOrDefault(id, Tally.NONE), ScriptedRandom.of(Long.MAX_VALUE), judge);
        plan.endpoints(List.of(TestEndpoints.endpoints(endpoints)));
        return plan;
    }

    private static String id(int i) {
        return TestEndpoints.endpoint(i).id();
    }

    private static long at(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private List<String> take() {
        List<String> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    private void count(int i, int successes, int failures) {
        tallies.merge(
                id(i),
                new Tally(successes, failures, 0, 0, 0),
                (held, more) ->
                        new Tally(held.successes() + more.successes(), held.external() + more.external(), 0, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "15, 2"})
    @DisplayName("TV-OD-4: at a cap of 10 % with three bad, one of ten is ejected and two of fifteen, the worst first")
    void the_cap_may_be_exceeded_by_one(int endpoints, int ejected) {
        EjectionPlan plan = plan(endpoints);
        for (int i = 0; i < endpoints; i++) {
            count(i, 100, 0);
        }
        count(3, 0, 900);
        count(4, 0, 1000);
        count(5, 0, 800);

        plan.sweep(at(10));

        assertThat(take())
                .containsExactlyElementsOf(
                        List.of("10.0.0.4 out 30.0", "10.0.0.3 out 30.0").subList(0, ejected));
    }

    @Test
    @DisplayName("TV-OD-5: three ejections in a row take 30, 60, 90 s; then each healthy sweep takes one back")
    void ejections_in_a_row_grow() {
        EjectionPlan plan = plan(5);
        plan.failedInARow(id(0), ROW, at(0));
        plan.release(at(29));
        assertThat(take()).containsExactly("10.0.0.0 out 30.0");
        plan.release(at(30));
        plan.tried(id(0), round, FAILED, at(31));
        plan.sweep(at(40)); // It is out: no interval in health.
        plan.release(at(91));
        plan.tried(id(0), round, Outcome.TIMEOUT, at(91));
        plan.release(at(181));
        assertThat(take())
                .containsExactly(
                        "10.0.0.0 on trial",
                        "10.0.0.0 out 60.0",
                        "10.0.0.0 on trial",
                        "10.0.0.0 out 90.0",
                        "10.0.0.0 on trial");

        plan.tried(id(0), round, Outcome.SUCCESS, at(182));
        assertThat(plan.isSwept()).isTrue();
        plan.sweep(at(190));
        plan.sweep(at(200));
        plan.failedInARow(id(0), ROW, at(201));
        assertThat(take()).containsExactly("10.0.0.0 back", "10.0.0.0 out 60.0");
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "4"})
    void of_few_one_may_be_ejected_and_the_last_never(int endpoints) {
        EjectionPlan plan = plan(endpoints, "max-percent=100");
        for (int i = 0; i < endpoints; i++) {
            plan.failedInARow(id(i), ROW, at(i));
        }
        assertThat(take()).hasSize(endpoints - 1).allMatch(event -> event.endsWith(" out 30.0"));
        EjectionPlan alone = plan(1, "max-percent=100");
        alone.failedInARow(id(0), ROW, at(0));
        assertThat(take()).isEmpty();
    }

    @Test
    void whoever_is_on_trial_is_not_counted_among_those_that_serve() {
        EjectionPlan plan = plan(2);
        plan.failedInARow(id(0), ROW, at(0));
        plan.release(at(30));
        take();
        plan.failedInARow(id(1), ROW, at(31));
        assertThat(take()).as("the only one that serves").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2", "10"})
    void whoever_waits_on_trial_and_is_never_asked_keeps_nobody_in(int endpoints) {
        EjectionPlan plan = plan(endpoints);
        plan.failedInARow(id(0), ROW, at(0));
        plan.release(at(30));
        plan.tried(id(0), round, Outcome.CANCELLED, at(35));
        take();
        plan.failedInARow(id(1), ROW, at(44));
        assertThat(take()).as("a request was heard of within the interval").isEmpty();
        plan.failedInARow(id(1), ROW, at(45));
        assertThat(take()).containsExactly("10.0.0.1 out 30.0");
        plan.tried(id(0), round, Outcome.SUCCESS, at(46));
        assertThat(take()).containsExactly("10.0.0.0 back");
    }

    @Test
    void only_the_usable_count_and_only_they_are_ejected() {
        EjectionPlan plan = plan(1);
        Endpoint drained = TestEndpoints.endpoint(1).withUsability(new Usability.Draining("C-6"));
        Endpoint quiesced = TestEndpoints.endpoint(2).withWeight(0);
        plan.endpoints(List.of(TestEndpoints.endpoint(0), drained, quiesced));
        plan.failedInARow(id(0), ROW, at(0));
        plan.failedInARow(id(1), ROW, at(0));
        plan.failedInARow(id(2), ROW, at(0));
        assertThat(take()).isEmpty();
    }

    @Test
    void trials_have_to_go_well_one_after_the_other_and_what_says_nothing_decides_nothing() {
        EjectionPlan plan = plan(3, "trials=3");
        plan.failedInARow(id(0), ROW, at(0));
        plan.release(at(30));
        take();
        plan.tried(id(0), round, Outcome.SUCCESS, at(30));
        plan.tried(id(0), round, Outcome.CANCELLED, at(30));
        plan.tried(id(0), round, Outcome.OVERLOADED, at(30));
        plan.tried(id(0), round, Outcome.CLIENT_ERROR, at(30));
        assertThat(take()).isEmpty();
        plan.tried(id(0), round, Outcome.SUCCESS, at(30));
        assertThat(take()).containsExactly("10.0.0.0 back");
    }

    @Test
    void a_request_of_an_earlier_trial_says_nothing_about_this_one() {
        EjectionPlan plan = plan(3, "trials=2");
        plan.failedInARow(id(0), ROW, at(0));
        plan.release(at(30));
        int first = round;
        plan.tried(id(0), first, FAILED, at(31));
        plan.tried(id(0), first, FAILED, at(31));
        plan.release(at(91));
        assertThat(take())
                .containsExactly("10.0.0.0 out 30.0", "10.0.0.0 on trial", "10.0.0.0 out 60.0", "10.0.0.0 on trial");
        plan.tried(id(0), first, FAILED, at(92));
        assertThat(take()).isEmpty();
    }

    @Test
    void what_an_endpoint_did_while_it_was_out_does_not_count_when_it_is_back() {
        EjectionPlan plan = plan(5);
        plan.failedInARow(id(0), ROW, at(0));
        for (int i = 1; i < 5; i++) {
            count(i, 1000, 0);
        }
        count(0, 0, 1000); // Requests that were under way.
        plan.release(at(30));
        plan.tried(id(0), round, Outcome.SUCCESS, at(31));
        take();
        plan.sweep(at(40));
        assertThat(take()).isEmpty();
    }

    @Test
    void newcomers_begin_with_nothing_against_them_and_leavers_leave_nothing() {
        EjectionPlan plan = plan(5);
        for (int i = 0; i < 5; i++) {
            count(i, 100, 0);
        }
        count(5, 0, 1000); // By others, before it was watched.
        plan.endpoints(List.of(TestEndpoints.endpoints(6)));
        plan.sweep(at(10));
        assertThat(take()).isEmpty();
        plan.failedInARow(id(0), ROW, at(11));
        assertThat(plan.nextRelease()).isEqualTo(at(41));
        plan.endpoints(Arrays.asList(TestEndpoints.endpoints(6)).subList(1, 4));
        assertThat(plan.nextRelease()).isNull();
        assertThat(plan.isSwept())
                .as("three are not compared, and nobody's past fades")
                .isFalse();
        plan.endpoints(List.of(TestEndpoints.endpoints(6)));
        assertThat(plan.nextRelease()).isNull();
    }

    @Test
    void jitter_is_added_to_the_end() {
        EjectionPlan plan = plan(3, "jitter=4s");
        plan.failedInARow(id(0), ROW, at(0));
        assertThat(heard).singleElement().satisfies(event -> {
            double seconds = Double.parseDouble(event.substring(event.lastIndexOf(' ') + 1));
            assertThat(seconds).isGreaterThan(30).isLessThanOrEqualTo(34);
            plan.release(Duration.ofMillis(Math.round(seconds * 1000) - 1).toNanos());
            assertThat(heard).hasSize(1);
            plan.release(Duration.ofMillis(Math.round(seconds * 1000)).toNanos());
            assertThat(heard).hasSize(2);
        });
    }
}
