package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.resolver.kubernetes.KubernetesWatching;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.FaultyProxy;
import io.inmesh.resolver.testing.GoneForm;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.StreamingLists;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes by chance over real HTTP, through a network that is bad by chance: at every quiet point resolver and model agree. */
class RandomChangesOverHttpTest {
    private static final int CHANGES = 600;
    private static final int BETWEEN_QUIET_POINTS = 20;

    private static final class HttpApi implements ClusterModel.Api {
        private final ScriptedApiServer api;

        HttpApi(ScriptedApiServer api) {
            this.api = api;
        }

        @Override
        public String put(ObjectNode object) {
            return api.apply(object).at("/metadata/resourceVersion").asText();
        }

        @Override
        public void delete(String kind, String name) {
            ResourceType type = kind.equals("Service") ? ResourceType.SERVICES : ResourceType.ENDPOINT_SLICES;
            assertThat(api.delete(type, ClusterModel.NAMESPACE, name)).as(name).isTrue();
        }
    }

    /** The first one has single watches, the second one a wide one. */
    static LongStream seeds() {
        return LongStream.of(7, 20_260_101, new Random().nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whenever_things_are_quiet_resolver_and_model_agree(long seed) {
        System.out.println("random changes over HTTP with seed " + seed);
        Random random = new Random(seed);
        int singleWatches = random.nextBoolean() ? 8 : 1; // A watch for each service, or one of the namespace (W-14).
        FakeClock clock = new FakeClock();
        Locality place = new Locality("node-1", "zone-a");
        Map<String, Told> told = new LinkedHashMap<>();
        int quiet = 0;
        int disturbances = 0;
        try (ScriptedApiServer api = ScriptedApiServer.open();
                FaultyProxy network = FaultyProxy.to(api.url());
                KubernetesResolverProvider provider = provider(network, place, singleWatches)) {
            ClusterModel model = new ClusterModel(random, new HttpApi(api));
            for (String service : ClusterModel.SERVICES) {
                for (String port : ClusterModel.PORTS) {
                    Told listener = new Told();
                    Resolver resolver =
                            provider.newResolver(provider.parse(service + ":" + port), new Context(clock, clock));
                    resolver.start(listener);
                    told.put(service + ":" + port, listener);
                }
            }
            for (int change = 1; change <= CHANGES; change++) {
                model.mutate();
                clock.runDue();
                if (random.nextInt(8) == 0) {
                    disturb(random, api, network);
                    disturbances++;
                }
                if (change % BETWEEN_QUIET_POINTS == 0) {
                    api.faults().clear();
                    awaitAgreement(clock, model.expected(told, place), "seed " + seed + ", change " + change);
                    quiet++;
                }
            }
        }
        assertThat(quiet).isEqualTo(CHANGES / BETWEEN_QUIET_POINTS);
        assertThat(disturbances).isGreaterThan(CHANGES / 20);
    }

    private static KubernetesResolverProvider provider(FaultyProxy network, Locality place, int singleWatches) {
        return new KubernetesResolverProvider(KubernetesConfig.DEFAULT
                .withMasterUrl(network.url())
                .withNamespace(ClusterModel.NAMESPACE)
                .withPlace(place.node(), place.zone())
                .withFamily(KubernetesConfig.Family.IPV4)
                .withWatching(KubernetesWatching.DEFAULT.withSingleWatches(singleWatches))
                .withNetwork(KubernetesConfig.Network.INSIDE));
    }

    private static void disturb(Random random, ScriptedApiServer api, FaultyProxy network) {
        switch (random.nextInt(10)) {
            case 0 -> network.cut();
            case 1 -> network.cutAfter(1 + random.nextInt(2000));
            case 2 -> api.watches().end(ApiRequest::any);
            case 3 -> api.watches().cut(ApiRequest::any);
            case 4 -> api.watches().fail(ApiRequest::any, Fault.status(410));
            case 5 -> api.faults().next(1 + random.nextInt(3), ApiRequest::any, Fault.status(500));
            case 6 -> api.faults().next(1, ApiRequest::any, Fault.disconnect());
            case 7 -> api.faults().splitLines(1 + random.nextInt(40));
            case 8 -> api.streamingLists(anyOf(random, StreamingLists.values()));
            default -> {
                api.goneForm(anyOf(random, GoneForm.values()));
                api.compact();
                network.cut();
            }
        }
    }

    private static <T> T anyOf(Random random, T[] values) {
        return List.of(values).get(random.nextInt(values.length));
    }

    private static void awaitAgreement(FakeClock clock, Map<Told, String> expected, String when) {
        int[] looks = {0};
        assertThat(expected).isNotEmpty();
        Quiet.await(when, () -> {
            clock.runDue();
            if (++looks[0] % 3 == 0) {
                clock.advance(Duration.ofMillis(looks[0] < 20 ? 60 : looks[0] < 100 ? 300 : 1000));
            }
            return expected.entrySet().stream()
                    .filter(each -> !ClusterModel.told(each.getKey()).equals(each.getValue()))
                    .map(each -> ClusterModel.told(each.getKey()) + "\n    model: " + each.getValue())
                    .toList();
        });
    }
}
