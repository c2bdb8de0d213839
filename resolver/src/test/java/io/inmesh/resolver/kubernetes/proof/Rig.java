package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesReading;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.resolver.kubernetes.KubernetesWatching;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.FaultyProxy;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A resolver of one service over real connections, through a network that can be bad, in a time that is the test's: minutes of
 * waiting pass at once, and how long a recovery took is known up to what the real connections need, and exactly as far as it waited.
 *
 * <p>The service {@code orders} in namespace {@code shop} has two pods, {@code 10.0.0.1} and {@code 10.0.0.2}. Where {@linkplain #shared()
 * one watch serves a namespace}, {@code carts} is the second one that it takes, with pod {@code 10.0.1.1}.
 */
final class Rig implements AutoCloseable {
    static final String ONE = "10.0.0.1:8080";
    static final String TWO = "10.0.0.2:8080";
    static final String THREE = "10.0.0.3:8080";

    /** The ways to the set in which a third pod stands for the first one. */
    private static final List<List<String>> REPLACEMENT =
            List.of(List.of(ONE, TWO), List.of(ONE, TWO, THREE), List.of(TWO, THREE));

    private static final List<List<String>> CARTS =
            List.of(List.of("10.0.1.1:8080"), List.of("10.0.1.1:8080", "10.0.1.2:8080"));

    /**
     * What takes no longer waited for nothing but a back-off. The test's time goes on while real connections are busy, and on a busy machine they are
     * busy for long: what waits for a watchdog takes several times as long still.
     */
    static final Duration SOON = Duration.ofSeconds(12);

    /** The longest wait before one of the first three tries, jitter included. */
    static final Duration QUICK_TRY = Duration.ofMillis(800);

    /** The longest wait before one of the next ten. */
    static final Duration STEADY_TRY = Duration.ofMillis(1600);

    /** What waits for so long watches something that is to happen meanwhile: no try. */
    private static final Duration WATCHDOG = Duration.ofSeconds(35);

    /** What a watch has lived for before it counts as one: no try either, and no try waits for just so long. */
    private static final Duration LIFE = Duration.ofSeconds(1);

    /** So far publications are apart: what waits no longer is no try. */
    private static final Duration PUBLICATIONS = Duration.ofMillis(50);

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
    final Told toldOfCarts = new Told();

    private final NotedTimers timers = new NotedTimers(clock);
    private final Context context = new Context(clock, timers);
    private final List<Resolver> resolvers = new ArrayList<>();
    private final KubernetesResolverProvider provider;
    private @Nullable ScriptedService carts; // Touched by tests only.

    Rig() {
        this(Rig::config);
    }

    /**
     * Where two services are more than may have watches of their own (rule W-14). There are no Endpoints here to fall back to where slices
     * are forbidden at the first try, so none are asked for.
     */
    static Rig shared() {
        return new Rig(any -> config(any)
                .withReading(KubernetesReading.DEFAULT.withSource(KubernetesReading.Source.ENDPOINTSLICES))
                .withWatching(KubernetesWatching.DEFAULT.withSingleWatches(1)));
    }

    private static KubernetesConfig config(Rig rig) {
        return KubernetesConfig.DEFAULT
                .withMasterUrl(rig.network.url())
                .withNamespace("shop")
                .withNetwork(KubernetesConfig.Network.INSIDE);
    }

    /** How the resolver is told to reach the rig's network. */
    interface Setup extends Function<Rig, KubernetesConfig> {}

    Rig(Setup setup) {
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"), ScriptedPod.of("orders-2", "10.0.0.2"));
        provider = new KubernetesResolverProvider(setup.apply(this));
    }

    /** Begins to resolve. */
    void start() {
        resolve("orders:http", told);
    }

    private void resolve(String target, Told listener) {
        Resolver resolver = provider.newResolver(provider.parse(target), context);
        resolvers.add(resolver);
        resolver.start(listener);
    }

    /** Begins to resolve the second service as well: its requests are under way. */
    void startCarts() {
        carts = ScriptedService.of(api, "shop", "carts", ScriptedPort.tcp("http", 80, 8080));
        carts.add(ScriptedPod.of("carts-1", "10.0.1.1"));
        toldOfCarts.expect(new Course(CARTS));
        resolve("carts:http", toldOfCarts);
        clock.runDue();
    }

    /** Begins to resolve and waits until both pods are known and everything is watched. */
    void startAndSync() {
        expect(List.of(List.of(ONE, TWO)));
        start();
        until("the first set", () -> told.usable().equals(List.of(ONE, TWO)));
        until("the watches", () -> api.watches().count() == 2);
        pass(Duration.ofSeconds(5)); // Quiet: what follows is published at once, and a watch that ends has lived.
        told.forget();
    }

    /** The same with both services on one pair of watches. */
    void startBothAndSync() {
        startCarts();
        startAndSync();
        assertThat(toldOfCarts.usable()).isEqualTo(CARTS.get(0));
        assertThat(api.watches().requests()).as("shared watches").allMatch(Rig::isWide);
    }

    static boolean isWide(ApiRequest request) {
        return request.parameter("labelSelector") == null && request.parameter("fieldSelector") == null;
    }

    /** Nothing that was tried since {@link #forgetWaits()} had been put off for longer. */
    void assertWaitedAtMost(Duration longest) {
        assertThat(waits()).as("waits").allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(longest));
    }

    /** Since waits and requests were forgotten everything came over the watches that there were. */
    void assertNothingWasTriedAgain() {
        assertWaitedAtMost(PUBLICATIONS);
        assertThat(api.requests()).as("requests").isEmpty();
    }

    /** Breaks every connection and refuses new ones. */
    void isolate() {
        network.refuse();
        network.cut();
    }

    /** From now on nothing but these sets may be told, in this order (see {@link Course}). */
    void expect(List<List<String>> sets) {
        told.expect(new Course(sets));
    }

    /** Replaces the first pod by a third one, which may be told. */
    void replaceOneByThree() {
        expectReplacement();
        replaceUnseen();
    }

    /** The same where nobody may hear of it yet. The second service, if there is one, gets a second pod. */
    void replaceUnseen() {
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        orders.remove("orders-1");
        if (carts != null) {
            carts.add(ScriptedPod.of("carts-2", "10.0.1.2"));
        }
    }

    /** That the first pod was replaced may be told now. */
    void expectReplacement() {
        told.expect(new Course(REPLACEMENT));
    }

    /** From now on waits are counted. */
    void forgetWaits() {
        timers.forget();
    }

    /** What tries waited for since then, however much time passed while connections were busy. */
    List<Duration> waits() {
        return timers.waited().stream()
                .filter(each -> each.compareTo(WATCHDOG) < 0 && !each.equals(LIFE))
                .toList();
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
        return untilUsable(STEP, addresses);
    }

    /** The same where it takes long: in larger steps. */
    Duration untilUsable(Duration step, String... addresses) {
        Duration took = until(
                "usable: " + List.of(addresses),
                step,
                () -> told.usable().equals(List.of(addresses)) && areCartsWhole());
        for (int i = 0; i < 20; i++) {
            clock.advance(SETTLING_STEP);
            moment();
        }
        assertThat(told.usable()).containsExactly(addresses);
        assertOnCourse();
        return took;
    }

    private boolean areCartsWhole() {
        return carts == null || toldOfCarts.usable().equals(CARTS.get(CARTS.size() - 1));
    }

    /** Something was told, and nothing but what was expected when it was told. */
    void assertOnCourse() {
        assertThat(told.sets()).as("sets told").isNotEmpty();
        assertThat(told.strays()).as("what should not have been told").isEmpty();
        assertThat(toldOfCarts.strays())
                .as("what should not have been told of the other service")
                .isEmpty();
    }

    /** Lists asked for since the requests were forgotten; one object as a proof of the server's version (rule W-6) is none. */
    List<ApiRequest> lists() {
        return api.requests(request -> request.verb().equals("list") && request.parameter("limit") == null);
    }

    @Override
    public void close() {
        resolvers.forEach(Resolver::close);
        provider.close();
        clock.runDue();
        network.close();
        api.close();
        clock.advance(LINGERING);
        assertThat(clock.timers()).as("timers left behind").isZero();
    }
}
