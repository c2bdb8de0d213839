package io.inmesh.resolver.kubernetes.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.SlicePort;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is recollected never changes an answer, only what it costs. Seeds are printed with a failure. */
class RecollectedAnswersTest {
    private static final int RUNS = 150;
    private static final int STEPS = 40;
    private static final List<String> PLACES = List.of("a", "b");

    private final PortAnswer port = new PortAnswer.Named(new ServicePort("http", Protocol.TCP, 0, 0, null));

    @Test
    void after_any_change_everything_is_as_if_asked_for_the_first_time() {
        long first = System.nanoTime();
        for (long seed = first; seed < first + RUNS; seed++) {
            Random random = new Random(seed);
            Scene scene = new Scene(random);
            Recollection recollection = new Recollection();
            for (int step = 0; step < STEPS; step++) {
                scene.change();
                check(scene, recollection, "seed " + seed + ", step " + step);
            }
        }
    }

    private void check(Scene scene, Recollection recollection, String when) {
        List<Slice> slices = List.copyOf(scene.slices);
        List<JoinedEndpoint> joined = recollection.joined(port, slices, AddressFamily.IPV4);
        List<JoinedEndpoint> expectedJoined = new Recollection().joined(port, slices, AddressFamily.IPV4);
        assertThat(joined).as(when).isEqualTo(expectedJoined);

        Judgement judged =
                recollection.judged(joined, AddressFamily.IPV4, scene.policy, scene.client, HintUse.NODES_AND_ZONES);
        Judgement expected = UsabilityRules.judge(expectedJoined, scene.policy, scene.client, HintUse.NODES_AND_ZONES);
        for (int i = 0; i < joined.size(); i++) {
            assertThat(judged.usability(i)).as(when).isEqualTo(expected.usability(i));
        }
        assertThat(judged.usable()).as(when).isEqualTo(expected.usable());
        assertThat(judged.hasUsable()).as(when).isEqualTo(expected.hasUsable());
        assertThat(judged.speaks()).as(when).isEqualTo(expected.speaks());
        assertThat(judged.nothingUsable("it")).as(when).isEqualTo(expected.nothingUsable("it"));

        List<Endpoint> endpoints = recollection.endpoints(judged, scene.weights);
        assertThat(endpoints).as(when).isEqualTo(new Recollection().endpoints(expected, scene.weights));
    }

    @Test
    void endpoints_that_stay_are_the_same_objects() {
        Recollection recollection = new Recollection();
        Scene scene = new Scene(new Random(1));
        scene.slices.add(scene.slice("s", List.of(endpoint(1, true, "a"), endpoint(2, true, "a"))));
        List<Endpoint> before = endpoints(recollection, scene);
        scene.slices.set(0, scene.slice("s", List.of(endpoint(0, true, "a"), endpoint(2, true, "a"))));

        List<Endpoint> after = endpoints(recollection, scene);
        assertThat(after).hasSize(2);
        assertThat(after.get(1)).isSameAs(before.get(1));
    }

    private List<Endpoint> endpoints(Recollection recollection, Scene scene) {
        List<JoinedEndpoint> joined = recollection.joined(port, List.copyOf(scene.slices), AddressFamily.IPV4);
        return recollection.endpoints(
                recollection.judged(joined, AddressFamily.IPV4, scene.policy, scene.client, HintUse.NONE),
                scene.weights);
    }

    private static SliceEndpoint endpoint(int last, boolean ready, String hint) {
        return new SliceEndpoint(
                "10.0.0." + last,
                ready,
                ready || hint.equals("a"),
                !ready,
                new Locality(hint, hint),
                null,
                "uid-" + last,
                "pod-" + last,
                List.of(hint),
                List.of(hint));
    }

    /** A service that changes: few addresses and few pods, so that slices and ids meet. */
    private static final class Scene {
        private final Random random;
        private final List<Slice> slices = new ArrayList<>();
        private TrafficPolicy policy = TrafficPolicy.CLUSTER;
        private Locality client = new Locality("a", "a");
        private PodWeights weights = PodWeights.NONE;
        private int version;

        private Scene(Random random) {
            this.random = random;
        }

        private void change() {
            switch (random.nextInt(12)) {
                case 0 -> policy = policy == TrafficPolicy.LOCAL ? TrafficPolicy.CLUSTER : TrafficPolicy.LOCAL;
                case 1 -> client = new Locality(placeOrNull(), placeOrNull());
                case 2 -> weights = new PodWeights(Map.of("uid-" + random.nextInt(6), random.nextInt(3)), List.of());
                case 3 -> {
                    if (!slices.isEmpty()) {
                        slices.remove(random.nextInt(slices.size()));
                    }
                }
                default -> put();
            }
        }

        private @Nullable String placeOrNull() {
            return random.nextInt(4) == 0 ? null : PLACES.get(random.nextInt(PLACES.size()));
        }

        /** Another slice, or one of those with one endpoint more, less or changed; or with another version alone. */
        private void put() {
            String name = "s" + random.nextInt(3);
            Slice held = slices.stream()
                    .filter(slice -> slice.id().name().equals(name))
                    .findFirst()
                    .orElse(null);
            List<SliceEndpoint> endpoints = held == null ? new ArrayList<>() : new ArrayList<>(held.endpoints());
            int at = random.nextInt(endpoints.size() + 1);
            boolean more = at == endpoints.size() || random.nextInt(3) == 0;
            if (random.nextInt(5) != 0) {
                if (more) {
                    endpoints.add(at, some());
                } else if (random.nextBoolean()) {
                    endpoints.remove(at);
                } else {
                    endpoints.set(at, some());
                }
            }
            slices.remove(held);
            slices.add(random.nextInt(slices.size() + 1), slice(name, endpoints));
        }

        private SliceEndpoint some() {
            SliceEndpoint plain =
                    endpoint(random.nextInt(30), random.nextInt(3) != 0, PLACES.get(random.nextInt(PLACES.size())));
            return new SliceEndpoint(
                    plain.address(),
                    plain.ready(),
                    plain.serving(),
                    plain.terminating(),
                    plain.locality(),
                    random.nextInt(8) == 0 ? "host-" + random.nextInt(3) : null,
                    random.nextInt(10) == 0 ? "uid-" + random.nextInt(30) : plain.podUid(),
                    plain.podName(),
                    random.nextInt(12) == 0 ? List.of() : plain.zoneHints(),
                    random.nextInt(6) == 0 ? List.of() : plain.nodeHints());
        }

        private Slice slice(String name, List<SliceEndpoint> endpoints) {
            version++;
            return new Slice(
                    new ObjectName("prod", name),
                    Integer.toString(version),
                    Samples.SHOP,
                    AddressFamily.IPV4,
                    List.of(new SlicePort("http", Protocol.TCP, 8080, random.nextInt(4) == 0 ? "h2c" : null)),
                    endpoints,
                    null);
        }
    }
}
