package io.inmesh.balancer.stage.priority;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.testing.Placed;
import io.inmesh.balancer.testing.Seeds;
import io.inmesh.balancer.testing.Words;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PriorityTest {
    private static final int OVER_PROVISIONING = 140;
    private static final LoadByHealth BY_HEALTH = new LoadByHealth(OVER_PROVISIONING);

    static LongStream seeds() {
        return Seeds.all();
    }

    /** 100 endpoints in each of zones z0, z1 ..., so many of them healthy, one priority for each zone. */
    private static Layout priorities(int... healthy) {
        Placed placed = new Placed();
        for (int i = 0; i < healthy.length; i++) {
            placed.in("z" + i, 100, healthy[i]);
        }
        List<String> zones =
                IntStream.range(0, healthy.length).mapToObj(i -> "z" + i).toList();
        Layout layout = placed.through(new ZonePriorities(zones, null));
        // The last priority, for zones named nowhere, is empty here.
        assertThat(layout.priorities()).hasSize(healthy.length + 1);
        return new Layout(layout.priorities().subList(0, healthy.length), null);
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static List<Integer> loads(int... healthy) {
        return Placed.loads(BY_HEALTH.apply(priorities(healthy)));
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource({
        "TV-PRIO-1, 100 100, 100 0",
        "TV-PRIO-2, 71 71, 99 1",
        "TV-PRIO-3, 50 50, 70 30",
        "TV-PRIO-4, 25 100, 35 65",
        "TV-PRIO-5, 25 25, 50 50",
        "TV-PRIO-6, 25 25 100, 35 35 30",
        "TV-PRIO-6, 25 25 20, 37 35 28",
        "TV-PRIO-7, 5 65, 8 92",
    })
    void vectors_of_loads(String id, String healthy, String expected) {
        assertThat(loads(numbers(healthy)))
                .as(id)
                .containsExactlyElementsOf(
                        Arrays.stream(numbers(expected)).boxed().toList());
    }

    @ParameterizedTest(name = "{0}: {1} at threshold {2}, in panic: {3}")
    @CsvSource({
        "TV-PANIC-1, 25 25, 50, true true",
        "TV-PANIC-1, 5 65, 50, true false",
        "TV-PANIC-1, 25 100, 50, false false",
        "TV-PANIC-1, 25 25, 0, false false",
    })
    void vectors_of_panic(String id, String healthy, int threshold, String expected) {
        int[] percents = numbers(healthy);
        Layout layout = new HealthOrPanic(OVER_PROVISIONING, threshold).apply(BY_HEALTH.apply(priorities(percents)));
        String[] panic = expected.split(" ", -1);
        for (int i = 0; i < panic.length; i++) {
            assertThat(layout.priorities().get(i).candidates())
                    .as(id + ", priority " + i)
                    .hasSize(Boolean.parseBoolean(panic[i]) ? 100 : percents[i]);
        }
    }

    @Test
    @DisplayName("TV-PANIC-1: nobody healthy is nothing at threshold 0, and everybody at any other")
    void nobody_healthy() {
        Layout layout = BY_HEALTH.apply(priorities(0, 0));
        assertThat(new HealthOrPanic(OVER_PROVISIONING, 0).apply(layout).isEmpty())
                .isTrue();
        Layout panic = new HealthOrPanic(OVER_PROVISIONING, 1).apply(layout);
        assertThat(panic.serving()).hasSize(200);
        assertThat(Placed.loads(panic)).containsExactly(50, 50);
    }

    @Test
    void where_nobody_is_healthy_loads_go_by_the_number_of_those_that_can_be_reached() {
        Placed placed = new Placed().in("a", 1, 0).in("b", 2, 0);
        placed.add(null, "b", 1).judge(Words.of(Member.Health.UNREACHABLE));
        placed.add(null, "a", 0).judge(Words.of(Member.Health.EJECTED));
        Layout layout = placed.through(new ZonePriorities(List.of("a", "b"), null), BY_HEALTH);
        assertThat(Placed.loads(layout)).containsExactly(34, 66, 0);
    }

    @Test
    @DisplayName("5.19: panic brings the ejected back, and never those that cannot be reached")
    void panic_never_uses_the_unreachable() {
        Placed placed = new Placed().in("a", 2, 0);
        Member unreachable = placed.add(null, "a", 1);
        unreachable.judge(Words.of(Member.Health.UNREACHABLE));
        Layout layout = placed.through(new HealthOrPanic(OVER_PROVISIONING, 50));
        assertThat(layout.serving())
                .extracting(Layout.Candidate::member)
                .containsExactlyElementsOf(placed.members().subList(0, 2));
    }

    @Test
    void the_quiesced_are_not_missed_and_do_not_help() {
        Placed placed = new Placed().in("a", 2, 2).in("b", 2, 2);
        for (int i = 0; i < 8; i++) {
            placed.add(null, "a", 0);
        }
        Layout all = placed.through(new ZonePriorities(List.of("a", "b"), null), BY_HEALTH);
        assertThat(Placed.loads(all)).containsExactly(100, 0, 0);

        placed.members().get(0).judge(Words.of(Member.Health.EJECTED));
        placed.members().get(1).judge(Words.of(Member.Health.EJECTED));
        Layout none = placed.through(new ZonePriorities(List.of("a", "b"), null), BY_HEALTH);
        assertThat(Placed.loads(none)).containsExactly(0, 100, 0);
    }

    @Test
    void where_all_is_quiesced_loads_stay_so_that_the_reason_is_said_later() {
        Placed placed = new Placed();
        placed.add(null, "a", 0);
        for (var stage : List.of(BY_HEALTH, new FirstWithHealthy())) {
            Layout layout = placed.through(new ZonePriorities(List.of("b", "a"), null), stage);
            assertThat(layout.isEmpty()).isFalse();
        }
    }

    @Test
    @DisplayName("5.18, mode first: all at once, when nothing healthy is left before it")
    void first_with_healthy() {
        FirstWithHealthy first = new FirstWithHealthy();
        assertThat(Placed.loads(first.apply(priorities(1, 100)))).containsExactly(100, 0);
        assertThat(Placed.loads(first.apply(priorities(0, 1, 100)))).containsExactly(0, 100, 0);
        Layout none = first.apply(priorities(0, 0));
        assertThat(Placed.loads(none)).containsExactly(100, 0);
        assertThat(new HealthOrPanic(OVER_PROVISIONING, 50).apply(none).serving())
                .hasSize(100);
    }

    @Test
    @DisplayName(
            "5.18, mode first: one endpoint of a hundred keeps everything, and is no panic while the next could carry it")
    void first_with_healthy_is_no_panic() {
        Layout layout =
                new HealthOrPanic(OVER_PROVISIONING, 50).apply(new FirstWithHealthy().apply(priorities(1, 100)));
        assertThat(layout.serving()).hasSize(1);
    }

    @Test
    void zones_stand_in_the_order_of_the_list_and_the_others_where_the_star_is() {
        Placed placed = new Placed().in("a", 1).in("b", 1).in("c", 1).in("d", 1);
        placed.add(null, null, 1);
        assertThat(zonesOf(placed, "own", List.of("own", "b|c", "*"))).containsExactly("", "bc", "ad-");
        assertThat(zonesOf(placed, "a", List.of("own", "b|c", "*"))).containsExactly("a", "bc", "d-");
        assertThat(zonesOf(placed, "a", List.of("own", "b | c"))).containsExactly("a", "bc", "d-");
        assertThat(zonesOf(placed, "a", List.of("*", "own"))).containsExactly("bcd-", "a");
        assertThat(zonesOf(placed, "b", List.of("own", "a", "b", "*"))).containsExactly("b", "a", "", "cd-");
        assertThat(zonesOf(placed, null, List.of("own", "b"))).containsExactly("", "b", "acd-");
    }

    private static List<String> zonesOf(Placed placed, @Nullable String own, List<String> zones) {
        return placed.through(new ZonePriorities(zones, own)).priorities().stream()
                .map(priority -> priority.candidates().stream()
                        .map(each -> each.member().endpoint().locality().zone())
                        .map(zone -> zone == null ? "-" : zone)
                        .reduce("", String::concat))
                .toList();
    }

    @Test
    @DisplayName("5.18, property: no traffic to the second priority while 72 % of the first are healthy")
    void nothing_spills_while_72_percent_are_healthy() {
        for (int healthy = 0; healthy <= 100; healthy++) {
            for (int second : new int[] {0, 1, 50, 100}) {
                List<Integer> loads = loads(healthy, second);
                if (healthy >= 72) {
                    assertThat(loads).containsExactly(100, 0);
                } else if (second == 100) {
                    assertThat(loads.get(1)).as("%d healthy", healthy).isPositive();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("5.18, properties: loads sum to 100, and more health before never brings more load behind")
    void sums_to_100_and_is_monotone_in_health(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            int[] healthy = random.ints(random.nextInt(1, 6), 0, 101).toArray();
            List<Integer> before = loads(healthy);
            assertThat(before.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
            assertThat(before).allMatch(load -> load >= 0);
            if (healthy[0] == 100 || Arrays.stream(healthy).sum() == 0) {
                continue;
            }
            healthy[0]++;
            List<Integer> after = loads(healthy);
            for (int i = 1; i < healthy.length; i++) {
                // Where the first had nobody healthy, the next one held what rounding left, up to one for each
                // priority.
                assertThat(after.get(i))
                        .as("priority %d of %s, seed %d", i, Arrays.toString(healthy), seed)
                        .isLessThanOrEqualTo(before.get(i));
            }
            assertThat(after.get(0)).isGreaterThanOrEqualTo(before.get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("stages are pure: the same in gives the same out, and order and members are kept")
    void nobody_is_lost_and_nobody_comes_twice(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            Placed placed = new Placed();
            for (int i = 0; i < 20; i++) {
                placed.add(null, "z" + random.nextInt(4), random.nextInt(3));
            }
            ZonePriorities stage = new ZonePriorities(List.of("z2", "z0"), "z3");
            Layout layout = placed.through(stage);
            assertThat(layout).isEqualTo(placed.through(stage));
            assertThat(layout.candidates())
                    .extracting(Layout.Candidate::member)
                    .containsExactlyInAnyOrderElementsOf(placed.members());
            for (Layout.Priority priority : layout.priorities()) {
                assertThat(priority.candidates())
                        .isSortedAccordingTo((one, other) -> Integer.compare(
                                placed.members().indexOf(one.member()),
                                placed.members().indexOf(other.member())));
            }
        }
    }
}
