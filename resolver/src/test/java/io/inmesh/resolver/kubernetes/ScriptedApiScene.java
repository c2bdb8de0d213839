package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Resolvers over real HTTP, from the provider to the listener: a service of two pods at the scripted API server. */
abstract class ScriptedApiScene {
    final ScriptedApiServer api = ScriptedApiServer.open();
    final Scheduler scheduler = Scheduler.system("resolver-test");
    final Context context = new Context(NanoClock.system(), scheduler);
    final KubernetesResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
            .withMasterUrl(api.url())
            .withNamespace("shop")
            .withNetwork(KubernetesConfig.Network.INSIDE));
    final List<Resolver> resolvers = new ArrayList<>();
    ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @BeforeEach
    void twoPods() {
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").on("node-1", "zone-a"), ScriptedPod.of("orders-2", "10.0.0.2"));
    }

    @AfterEach
    void close() {
        resolvers.forEach(Resolver::close);
        provider.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> api.watches().count() == 0);
        scheduler.close();
        api.close();
    }

    Heard resolve(String target) {
        Heard heard = new Heard();
        Resolver resolver = provider.newResolver(provider.parse(target), context);
        resolvers.add(resolver);
        resolver.start(heard);
        return heard;
    }

    /** A list, be it streamed (rule W-9) or not. */
    static boolean asksForAll(ApiRequest request) {
        return request.verb().equals("list") || request.parameter("sendInitialEvents") != null;
    }
}
