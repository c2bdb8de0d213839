package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.Slice;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * W-14: services come and go around the limit while slices change, lists arrive late and watches break. Whenever things are quiet each
 * service's slices are the model's; on the way no slice ever goes back to an older version, and there are never more streams than
 * allowed.
 */
class NamespaceSwitchPropertyTest {
    private static final int STEPS = 6_000;
    private static final int BETWEEN_QUIET_POINTS = 20;
    private static final int LIMIT = 2;

    static LongStream seeds() {
        return LongStream.of(1, 2, 3, 20_260_101, new Random().nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whenever_things_are_quiet_watch_and_model_agree_and_nothing_goes_back_W14(long seed) {
        System.out.println("namespace switches with seed " + seed);
        Random random = new Random(seed);
        NamespaceScene scene = new NamespaceScene(LIMIT);
        RandomNamespace model = new RandomNamespace(scene.api, random);
        int wideAtQuietPoints = 0;
        int quiet = 0;
        for (int step = 1; step <= STEPS; step++) {
            step(random, scene, model);
            if (step % BETWEEN_QUIET_POINTS == 0) {
                quiet++;
                wideAtQuietPoints += awaitAgreement(scene, model, "seed " + seed + ", step " + step);
                scene.feeds().keySet().forEach(service -> assertNothingWentBack(scene.values(service)));
            }
            assertThat(scene.streams.most()).as("seed %s, step %s", seed, step).isLessThanOrEqualTo(LIMIT);
        }
        assertThat(wideAtQuietPoints).as("quiet points under a wide watch").isBetween(1, quiet - 1);
        scene.watch.close();
        assertThat(scene.streams.open()).isZero();
        assertThat(scene.clock.timers()).isZero();
    }

    private static void step(Random random, NamespaceScene scene, RandomNamespace model) {
        int what = random.nextInt(20);
        if (what < 10) {
            model.change();
        } else if (what < 12) {
            String service = RandomNamespace.SERVICES.get(random.nextInt(RandomNamespace.SERVICES.size()));
            if (scene.feeds().containsKey(service)) {
                scene.close(service);
            } else {
                scene.open(service);
            }
        } else if (what == 12) {
            model.disturb();
        } else if (what < 18) {
            model.answer(true);
        } else {
            scene.clock.advance(Duration.ofMillis(random.nextInt(400)));
        }
        if (random.nextBoolean()) {
            scene.clock.runDue();
        }
    }

    /** One if the namespace is watched as a whole then. */
    private static int awaitAgreement(NamespaceScene scene, RandomNamespace model, String when) {
        for (int i = 0; i < 20; i++) {
            scene.clock.advance(Duration.ofMillis(500));
            model.answer(false);
        }
        scene.clock.runDue();
        for (String service : scene.feeds().keySet()) {
            assertThat(scene.now(service)).as("%s, service %s", when, service).isEqualTo(model.of(service));
        }
        return scene.streams.open() < scene.feeds().size() ? 1 : 0;
    }

    private static void assertNothingWentBack(List<List<Slice>> shown) {
        Map<String, Integer> newest = new HashMap<>();
        List<Slice> before = List.of();
        for (List<Slice> value : shown) {
            for (Slice slice : value) {
                String name = slice.id().name();
                int version = Integer.parseInt(slice.version());
                int known = newest.getOrDefault(name, 0);
                assertThat(version).as("version of %s in %s", name, shown).isGreaterThanOrEqualTo(known);
                if (before.stream().noneMatch(each -> each.id().name().equals(name))) {
                    assertThat(version)
                            .as("%s, which had gone, in %s", name, shown)
                            .isGreaterThan(known);
                }
                newest.put(name, version);
            }
            before = value;
        }
    }
}
