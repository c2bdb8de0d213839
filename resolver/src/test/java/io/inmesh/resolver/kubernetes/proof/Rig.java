package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.FaultyProxy;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * A resolver of one service over real connections, through a network that can be bad, in a time that is the test's: minutes of
 * waiting pass at once, and how long a recovery took is known exactly, up to what the real connections need.
 *
 * <p>The service {@code orders} in namespace {@code shop} has two pods, {@code 10.0.0.1} and {@code 10.0.0.2}.
 */
final class Rig implements AutoCloseable {
    static final String ONE = "10.0.0.1:8080";
    static final String TWO = "10.0.0.2:8080";
    static final String THREE = "10.0.0.3:8080";

    /**
     * What takes no longer waited for nothing but a back-off. The test's time goes on while real connections are busy, and on a busy machine they are
     * busy for long: what waits for a watchdog takes several times as long still.
     */
    static final Duration SOON = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final int LOOKS_A_STEP = 4;
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration SETTLING_STEP = Duration.ofMillis(10);
    private static final Duration STRIDE = Duration.ofSeconds(1);

    /** What is used no more may be kept for so long. */
    private static final Duration LINGERING = Duration.ofMinutes(5);

    final FakeClock clock = new FakeClock();
    final ScriptedApiServer api = ScriptedApiServer.open();
    final FaultyProxy network = FaultyProxy.to(api.url(), clock);
    final ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));
    final Told told = new Told();

    private final KubernetesResolverProvider provider;
    private final Resolver resolver;

    Rig() {
        this(any -> KubernetesConfig.DEFAULT
                .withMasterUrl(any.network.url())
                .withNamespace("shop")
                .withNetwork(KubernetesConfig.Network.INSIDE));
    }

    /** How the resolver is told to reach the rig's network. */
    interface Setup extends Function<Rig, KubernetesConfig> {}

    Rig(Setup setup) {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"), ScriptedPod.of("orders-2", "10.0.0.2"));
        provider = new KubernetesResolverProvider(setup.apply(this));
        resolver = provider.newResolver(provider.parse("orders:http"), new Context(clock, clock));
    }

    /** Begins to resolve. */
    void start() {
        resolver.start(told);
    }

    /** Begins to resolve and waits until both pods are known and everything is watched. */
    void startAndSync() {
        start();
        until("the first set", () -> told.usable().equals(List.of(ONE, TWO)));
        until("the watches", () -> api.watches().count() == 2);
        pass(Duration.ofSeconds(5)); // Quiet: what follows is published at once, and a watch that ends has lived.
        told.forget();
    }

    /** Breaks every connection and refuses new ones. */
    void isolate() {
        network.refuse();
        network.cut();
    }

    /** Replaces the first pod by a third one. */
    void replaceOneByThree() {
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        orders.remove("orders-1");
    }

    /**
     * Lets time pass until something is so.
     *
     * @return how much of the test's time it took
     */
    Duration until(String what, BooleanSupplier condition) {
        return until(what, STEP, condition);
    }

    /** The same where it takes long: in larger steps. */
    Duration until(String what, Duration step, BooleanSupplier condition) {
        long began = clock.nanoTime();
        int[] looks = {0};
        Awaitility.await(what).pollInterval(LOOK_EVERY).atMost(PATIENCE).until(() -> {
            clock.runDue();
            if (!condition.getAsBoolean() && ++looks[0] % LOOKS_A_STEP == 0) {
                clock.advance(step);
            }
            return condition.getAsBoolean();
        });
        return Duration.ofNanos(clock.nanoTime() - began);
    }

    /** Lets that much time pass, with moments between in which real connections get on. */
    void pass(Duration time) {
        for (Duration left = time; !left.isZero(); ) {
            Duration step = left.compareTo(STRIDE) < 0 ? left : STRIDE;
            clock.advance(step);
            left = left.minus(step);
            moment();
        }
    }

    private void moment() {
        Awaitility.await().pollDelay(LOOK_EVERY).until(() -> true);
        clock.runDue();
    }

    /** Waits until that and nothing else may be picked, and for nothing else to be told afterwards. */
    Duration untilUsable(String... addresses) {
        Duration took =
                until("usable: " + List.of(addresses), () -> told.usable().equals(List.of(addresses)));
        for (int i = 0; i < 20; i++) {
            clock.advance(SETTLING_STEP);
            moment();
        }
        assertThat(told.usable()).containsExactly(addresses);
        return took;
    }

    /** Whatever was told, that address could always be picked. */
    void assertNeverLost(String address) {
        assertThat(told.sets()).as("sets told").allSatisfy(set -> assertThat(Told.usable(set))
                .contains(address));
        assertThat(told.unresolved())
                .as("nothing replaced the set")
                .noneMatch(unresolved -> unresolved.reason().replacesKnownSet());
        assertThat(told.fact()).isNotNull();
    }

    /** Lists asked for since the requests were forgotten; one object as a proof of the server's version (rule W-6) is none. */
    List<ApiRequest> lists() {
        return api.requests(request -> request.verb().equals("list") && request.parameter("limit") == null);
    }

    @Override
    public void close() {
        resolver.close();
        provider.close();
        clock.runDue();
        network.close();
        api.close();
        clock.advance(LINGERING);
        assertThat(clock.timers()).as("timers left behind").isZero();
    }
}
