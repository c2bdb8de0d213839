package io.inmesh.balancer.stage.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.config.SlowStartConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.TestEndpoints;
import io.inmesh.balancer.testing.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowStartTest {
    private static final SlowStartConfig MINUTE = new SlowStartConfig(Duration.ofSeconds(60), 1, 10);

    private final FakeClock clock = new FakeClock();
    private final EndpointStates states = new EndpointStates();
    private final List<Member> members = new ArrayList<>();

    private Member arrives(int weight) {
        Member member = new Member(
                TestEndpoints.TARGET,
                TestEndpoints.endpoint(members.size()).withWeight(weight),
                states,
                clock,
                BalancerObserver.NONE);
        members.add(member);
        return member;
    }

    private Layout arranged(SlowStartConfig config) {
        return new SlowStart(config, clock.nanoTime()).apply(Layout.of(members));
    }

    private double weight(Member member) {
        return arranged(MINUTE).candidates().stream()
                .filter(candidate -> candidate.member() == member)
                .findFirst()
                .orElseThrow()
                .weight();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 0.1",
        "1, 15, 0.25",
        "1, 30, 0.5",
        "1, 60, 1",
        "2, 0, 0.1291",
        "2, 15, 0.5",
        "2, 30, 0.7071",
        "2, 60, 1"
    })
    @DisplayName("TV-SLOW-1")
    void the_factor_of_an_age(double aggression, int seconds, double factor) {
        SlowStartConfig config = new SlowStartConfig(Duration.ofSeconds(60), aggression, 10);
        assertThat(SlowStart.factor(config, Duration.ofSeconds(seconds).toNanos()))
                .isCloseTo(factor, within(5e-5));
    }

    @Test
    @DisplayName("5.20: a weight is never 0 and never falls, whoever else arrives and however time passes")
    void a_weight_never_falls() {
        int ramping = 0;
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            members.clear();
            Map<Member, Double> before = new HashMap<>();
            for (int step = 0; step < 120; step++) {
                for (int newcomers = random.nextInt(40) == 0 ? 1 + random.nextInt(6) : 0; newcomers > 0; newcomers--) {
                    arrives(1 + random.nextInt(3));
                }
                for (Layout.Candidate candidate : arranged(MINUTE).candidates()) {
                    Member member = candidate.member();
                    double full = member.endpoint().weight();
                    assertThat(candidate.weight())
                            .as("seed %d, step %d, %s", seed, step, member)
                            .isBetween(Math.max(0.1 * full, before.getOrDefault(member, 0.0)), full);
                    before.put(member, candidate.weight());
                    ramping += candidate.weight() < full ? 1 : 0;
                }
                clock.advance(Duration.ofSeconds(random.nextInt(8)));
            }
        }
        assertThat(ramping).as("steps at which somebody ramped").isGreaterThan(100);
    }

    @Test
    void a_fresh_set_has_its_weights_at_once_and_holds_for_good() {
        arrives(3);
        arrives(3);
        assertThat(arranged(MINUTE)).isEqualTo(Layout.of(members));
        assertThat(arranged(MINUTE).holds()).isNull();
    }

    @Test
    @DisplayName("5.20: skipped while more than half are new; exactly half is not more")
    void half_may_be_new_and_not_more() {
        arrives(1);
        arrives(1);
        clock.advance(Duration.ofMinutes(2));
        Member first = arrives(1);
        Member second = arrives(1);
        assertThat(weight(first)).isEqualTo(0.1);
        assertThat(weight(second)).isEqualTo(0.1);
        Member third = arrives(1);
        assertThat(weight(first)).isEqualTo(1);
        assertThat(weight(third)).isEqualTo(1);
    }

    @Test
    void who_had_full_weight_in_a_roll_out_keeps_it_when_the_others_are_old() {
        arrives(1);
        clock.advance(Duration.ofSeconds(100));
        arrives(1);
        arrives(1);
        clock.advance(Duration.ofSeconds(40));
        Member late = arrives(1);
        assertThat(weight(late)).as("three of four are new").isEqualTo(1);
        clock.advance(Duration.ofSeconds(30));
        assertThat(weight(late)).as("one of four is new").isEqualTo(1);
        clock.advance(Duration.ofSeconds(40));
        assertThat(weight(arrives(1))).as("one of five is new").isEqualTo(0.1);
    }

    @Test
    void the_quiesced_do_not_count_as_there() {
        arrives(1);
        arrives(0);
        arrives(0);
        clock.advance(Duration.ofMinutes(2));
        Member newcomer = arrives(1);
        assertThat(weight(newcomer)).isEqualTo(0.1);
        assertThat(weight(arrives(1))).as("two of three").isEqualTo(1);
        assertThat(weight(members.get(1))).isZero();
    }

    @Test
    void who_comes_back_to_health_begins_anew() {
        Member ejected = arrives(1);
        arrives(1);
        arrives(1);
        clock.advance(Duration.ofMinutes(2));
        ejected.judge(Words.of(Member.Health.EJECTED));
        ejected.judge(Words.of(Member.Health.HEALTHY));
        assertThat(weight(ejected)).isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource({"2, 33333333", "30, 500000000", "60, 1000000000", "600, 1000000000"})
    @DisplayName("5.20: rebuilt every min(1 s, window/60)")
    void it_is_looked_at_again_in_time(int windowSeconds, long holdsNanos) {
        arrives(1);
        clock.advance(Duration.ofHours(2));
        arrives(1);
        SlowStartConfig config = new SlowStartConfig(Duration.ofSeconds(windowSeconds), 1, 10);
        assertThat(arranged(config).holds()).isEqualTo(Duration.ofNanos(holdsNanos));
        clock.advance(Duration.ofSeconds(windowSeconds));
        assertThat(arranged(config).holds()).as("nobody is new").isNull();
    }

    @Test
    void a_roll_out_one_by_one_spares_everyone_and_waits_for_nothing() {
        for (int i = 0; i < 1_000; i++) {
            arrives(1);
            clock.advance(Duration.ofMillis(30));
        }
        assertThat(arranged(MINUTE)).isEqualTo(Layout.of(members));
        assertThat(arranged(MINUTE).holds()).isNull();
        clock.advance(Duration.ofSeconds(46));
        assertThat(weight(arrives(1))).as("fewer than half are new").isEqualTo(0.1);
    }

    @ParameterizedTest
    @CsvSource({"PT1S, PT1S", "PT-1S, PT-1S", "PT25H, PT25H"})
    void a_window_out_of_range_is_refused(Duration window, String text) {
        assertThatThrownBy(() -> new SlowStartConfig(window, 1, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("slow-start.window: " + text + " (expected: more than 1s and at most 24h, or off)");
    }
}
