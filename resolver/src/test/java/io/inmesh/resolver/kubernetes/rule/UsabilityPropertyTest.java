package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups C, L and T against a model that follows the rules' sentences one by one, on sets small enough to meet every corner. */
class UsabilityPropertyTest {
    private static final int SETS = 20_000;
    private static final List<HintUse> HINTS = List.of(HintUse.NONE, HintUse.ZONES, HintUse.NODES_AND_ZONES);
    private static final String[] PLACES = {"a", "b", "c"};

    static List<Long> seeds() {
        return List.of(1L, 20261121L, System.nanoTime());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void judging_agrees_with_the_rules_read_literally(long seed) {
        System.out.println("UsabilityPropertyTest seed " + seed);
        Random random = new Random(seed);
        Set<Class<?>> seen = new HashSet<>();
        Set<TrafficPolicy> nothing = EnumSet.noneOf(TrafficPolicy.class);
        for (int i = 0; i < SETS; i++) {
            List<JoinedEndpoint> endpoints = endpoints(random);
            TrafficPolicy policy = random.nextInt(3) == 0 ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
            Locality client = new Locality(place(random), place(random));
            HintUse hints = HINTS.get(random.nextInt(HINTS.size()));
            Judgement judged = UsabilityRules.judge(endpoints, policy, client, hints);
            List<JoinedEndpoint> expected = policy == TrafficPolicy.LOCAL
                    ? fallback(endpoints.stream().filter(isOn(client.node())).toList())
                    : cluster(endpoints, client, hints);
            assertThat(judged.usable())
                    .as("%s %s %s %s", policy, client, hints, endpoints)
                    .isEqualTo(expected);
            assertThat(judged.hasUsable()).isEqualTo(!expected.isEmpty());
            assertThat(judged.anythingUsable()).isEqualTo(!fallback(endpoints).isEmpty());
            for (int e = 0; e < judged.size(); e++) {
                Usability usability = judged.usability(e);
                seen.add(usability.getClass());
                assertThat(usability.isUsable()).isEqualTo(expected.contains(judged.endpoint(e)));
                if (usability instanceof Usability.Draining) {
                    assertThat(isDraining(judged.endpoint(e))).isTrue();
                    assertThat(expected).isNotEmpty();
                }
            }
            if (expected.isEmpty()) {
                nothing.add(policy);
            }
        }
        assertThat(seen).hasSize(3);
        assertThat(nothing).hasSize(2);
    }

    private static List<JoinedEndpoint> endpoints(Random random) {
        List<JoinedEndpoint> endpoints = new ArrayList<>();
        int size = random.nextInt(6);
        boolean mostlyHinted = random.nextBoolean();
        for (int i = 0; i < size; i++) {
            endpoints.add(new JoinedEndpoint(
                    new SliceEndpoint(
                            "10.1.0." + i,
                            random.nextInt(3) > 0,
                            random.nextBoolean(),
                            random.nextBoolean(),
                            new Locality(place(random), place(random)),
                            null,
                            null,
                            null,
                            hints(random, mostlyHinted),
                            hints(random, mostlyHinted)),
                    8080,
                    null));
        }
        return endpoints;
    }

    private static @Nullable String place(Random random) {
        return random.nextInt(5) == 0 ? null : PLACES[random.nextInt(PLACES.length)];
    }

    private static List<String> hints(Random random, boolean mostly) {
        List<String> hints = new ArrayList<>();
        if (random.nextInt(mostly ? 12 : 2) != 0) {
            hints.add(PLACES[random.nextInt(PLACES.length)]);
        }
        if (random.nextInt(6) == 0) {
            hints.add(PLACES[random.nextInt(PLACES.length)]);
        }
        return hints;
    }

    /** C-3, C-4 within a scope. */
    private static List<JoinedEndpoint> fallback(List<JoinedEndpoint> scope) {
        List<JoinedEndpoint> ready = ready(scope);
        return ready.isEmpty()
                ? scope.stream().filter(UsabilityPropertyTest::isDraining).toList()
                : ready;
    }

    /** T-2, T-3. */
    private static List<JoinedEndpoint> cluster(List<JoinedEndpoint> all, Locality client, HintUse hints) {
        List<JoinedEndpoint> ready = ready(all);
        if (ready.isEmpty() || hints == HintUse.NONE) {
            return fallback(all);
        }
        if (hints == HintUse.NODES_AND_ZONES) {
            List<JoinedEndpoint> byNode = hinted(ready, client.node(), SliceEndpoint::nodeHints);
            if (!byNode.isEmpty()) {
                return byNode;
            }
        }
        List<JoinedEndpoint> byZone = hinted(ready, client.zone(), SliceEndpoint::zoneHints);
        return byZone.isEmpty() ? ready : byZone;
    }

    /** Those hinted for a place; none if the mode does not hold. */
    private static List<JoinedEndpoint> hinted(
            List<JoinedEndpoint> ready, @Nullable String place, Function<SliceEndpoint, List<String>> hints) {
        boolean complete = ready.stream()
                .noneMatch(joined -> hints.apply(joined.endpoint()).isEmpty());
        return !complete || place == null
                ? List.of()
                : ready.stream()
                        .filter(joined -> hints.apply(joined.endpoint()).contains(place))
                        .toList();
    }

    private static Predicate<JoinedEndpoint> isOn(@Nullable String node) {
        return joined ->
                node != null && node.equals(joined.endpoint().locality().node());
    }

    private static List<JoinedEndpoint> ready(List<JoinedEndpoint> scope) {
        return scope.stream().filter(joined -> joined.endpoint().ready()).toList();
    }

    private static boolean isDraining(JoinedEndpoint joined) {
        SliceEndpoint endpoint = joined.endpoint();
        return !endpoint.ready() && endpoint.serving() && endpoint.terminating();
    }
}
