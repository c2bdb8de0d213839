package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Protocol;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;

/** A resolver of {@code shop} in {@code prod} whose API a test answers by hand, on a clock that stands until it is advanced. */
abstract class ResolverScene {
    private static final RandomGenerator LOWEST = () -> 0L;
    static final String READY = "{ready: true}";
    static final String SERVICE = "{metadata: {name: 'shop', namespace: 'prod', uid: 'u', resourceVersion: '3'},"
            + " spec: {clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}]}}";

    final FakeClock clock = new FakeClock();
    final ScriptedTransport api = new ScriptedTransport();
    final Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
            api, LOWEST, host -> List.of(), Runnable::run, Duration.ofSeconds(30), 8, WatchConfig.DEFAULT, null)));
    final Context context = new Context(clock, clock);
    final Heard heard = new Heard();
    final ClientRules rules;
    final KubernetesResolver resolver;

    ResolverScene() {
        this(Samples.rules(Samples.INSIDE));
    }

    ResolverScene(ClientRules rules) {
        this.rules = rules;
        this.resolver = resolver("http");
    }

    final KubernetesResolver resolver(String port) {
        return resolver(port, new Sayings());
    }

    final KubernetesResolver resolver(String port, Sayings sayings) {
        Wanted wanted = new Wanted(Samples.SHOP, null, port, Protocol.TCP);
        return new KubernetesResolver(new ServiceQuestion(wanted, rules), feeds, context, null, sayings);
    }

    @BeforeEach
    void start() {
        resolver.start(heard);
        clock.runDue();
    }

    final Exchange service() {
        return running("/services?");
    }

    final Exchange slices() {
        return running("/endpointslices?");
    }

    final Exchange running(String part) {
        clock.runDue();
        return api.exchanges.stream()
                .filter(exchange -> exchange.path.contains(part))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    final void synced() {
        service().list("3", SERVICE);
        slices().list("3", Samples.json("s1", "2", Samples.endpoint("10.1.0.1", READY)));
        service().head(200, null);
        slices().head(200, null);
        clock.runDue();
        heard.forget();
        clock.advance(Duration.ofSeconds(1)); // Quiet.
    }
}
