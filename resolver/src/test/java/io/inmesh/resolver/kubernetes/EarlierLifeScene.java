package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two lives of a process over real HTTP and real files. */
abstract class EarlierLifeScene {
    static final String TARGET = "orders:http";

    Path temporary = Path.of("");
    Path directory = Path.of("");
    final ScriptedApiServer api = ScriptedApiServer.open();
    final Scheduler scheduler = Scheduler.system("resolver-test");
    final Context context = new Context(NanoClock.system(), scheduler);
    final ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @BeforeEach
    void twoPods(@TempDir Path given) {
        temporary = given;
        directory = temporary.resolve("snapshots");
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").on("node-1", "zone-a"), ScriptedPod.of("orders-2", "10.0.0.2"));
    }

    @AfterEach
    void close() {
        scheduler.close();
        api.close();
    }

    final KubernetesConfig config() {
        return KubernetesConfig.DEFAULT
                .withMasterUrl(api.url())
                .withNamespace("shop")
                .withNetwork(KubernetesConfig.Network.INSIDE)
                .withWatching(KubernetesWatching.DEFAULT.withSnapshots(directory));
    }

    /** One life of the process: a provider and one resolver. */
    final class Life implements AutoCloseable {
        final KubernetesResolverProvider provider;
        final Resolver resolver;
        final Heard heard = new Heard();

        Life(KubernetesConfig config, String target) {
            provider = new KubernetesResolverProvider(config);
            resolver = provider.newResolver(provider.parse(target), context);
            resolver.start(heard);
        }

        @Override
        public void close() {
            resolver.close();
            provider.close();
        }
    }

    final void firstLife() {
        try (Life first = new Life(config(), TARGET)) {
            first.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        }
    }

    final List<Path> files() {
        try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
