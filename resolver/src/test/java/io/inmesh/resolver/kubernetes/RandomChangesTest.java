package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.proof.ClusterModel;
import io.inmesh.resolver.kubernetes.proof.Told;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten thousand changes by chance, with connections that break, versions that are forgotten, events told twice and requests refused:
 * whenever things are quiet, what was told is what the model says, for clients at three places.
 */
class RandomChangesTest {
    private static final int CHANGES = 10_000;
    private static final int BETWEEN_QUIET_POINTS = 25;
    private static final Duration LONGEST_STEP = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final List<Locality> PLACES =
            List.of(Locality.UNKNOWN, new Locality("node-1", "zone-a"), new Locality("node-2", "zone-b"));

    private final FakeClock clock = new FakeClock();
    private final Context context = new Context(clock, clock);
    private final List<Resolver> resolvers = new ArrayList<>();

    /** With these, lists are streamed for a wide watch, for single ones, and not at all. */
    static LongStream seeds() {
        return LongStream.of(1, 7, 20_260_101, new Random().nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whenever_things_are_quiet_resolver_and_model_agree(long seed) {
        System.out.println("random changes with seed " + seed);
        Random random = new Random(seed);
        RandomGenerator jitter = new Random(seed + 1);
        // To a server that streams lists (W-9), or one that is known not to.
        boolean streams = random.nextBoolean();
        ScriptedTransport transport = streams ? new ScriptedTransport(new StreamingLists()) : new ScriptedTransport();
        int singleWatches = random.nextBoolean() ? 8 : 1; // A watch for each service, or one of the namespace (W-14).
        Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
                transport,
                jitter,
                host -> List.of(),
                Runnable::run,
                Duration.ofSeconds(30),
                singleWatches,
                WatchConfig.DEFAULT,
                null)));
        ModelApi api = new ModelApi(transport, random);
        ClusterModel model = new ClusterModel(random, api);
        Map<Locality, Map<String, Told>> told = new LinkedHashMap<>();
        PLACES.forEach(place -> told.put(place, resolve(place, feeds)));
        int quiet = 0;
        for (int change = 1; change <= CHANGES; change++) {
            api.behave(false);
            model.mutate();
            if (random.nextInt(10) == 0) {
                api.disturb();
            }
            if (random.nextInt(3) == 0) {
                clock.advance(Duration.ofMillis(random.nextInt(100)));
                api.answer();
            }
            if (change % BETWEEN_QUIET_POINTS == 0) {
                api.behave(true);
                awaitAgreement(model, told, api, "seed " + seed + ", change " + change);
                quiet++;
            }
        }
        assertThat(quiet).isEqualTo(CHANGES / BETWEEN_QUIET_POINTS);
        assertThat(api.disturbances).as("things that went wrong").isGreaterThan(CHANGES / 20);
        assertThat(api.streamedLists > 0).as("lists were streamed").isEqualTo(streams);
        resolvers.forEach(Resolver::close);
        feeds.close();
        clock.advance(Duration.ofMinutes(5));
        assertThat(clock.timers()).isZero();
    }

    private Map<String, Told> resolve(Locality place, Feeds feeds) {
        Map<String, Told> told = new LinkedHashMap<>();
        for (String service : ClusterModel.SERVICES) {
            for (String port : ClusterModel.PORTS) {
                Wanted wanted = new Wanted(new ObjectName(ClusterModel.NAMESPACE, service), null, port, Protocol.TCP);
                ClientPlace client = new ClientPlace(place, null, null, Set.of(AddressFamily.IPV4));
                Resolver resolver =
                        new KubernetesResolver(new ServiceQuestion(wanted, Samples.rules(client)), feeds, context);
                Told listener = new Told();
                resolver.start(listener);
                resolvers.add(resolver);
                told.put(service + ":" + port, listener);
            }
        }
        return told;
    }

    /** Every wait after a failure is shorter than a minute, so a few of them are enough for anything. */
    private void awaitAgreement(ClusterModel model, Map<Locality, Map<String, Told>> told, ModelApi api, String when) {
        Map<Told, String> expected = new LinkedHashMap<>();
        told.forEach((place, listeners) -> expected.putAll(model.expected(listeners, place)));
        Duration step = Duration.ofMillis(60);
        Duration waited = Duration.ZERO;
        while (waited.compareTo(LONGEST_WAIT) < 0 && !agree(expected)) {
            clock.advance(step);
            api.answer();
            clock.runDue();
            waited = waited.plus(step);
            step = step.multipliedBy(2).compareTo(LONGEST_STEP) < 0 ? step.multipliedBy(2) : LONGEST_STEP;
        }
        assertThat(expected).as(when).isNotEmpty().allSatisfy((listener, wanted) -> assertThat(
                        ClusterModel.told(listener))
                .isEqualTo(wanted));
    }

    private static boolean agree(Map<Told, String> expected) {
        return expected.entrySet().stream()
                .allMatch(each -> ClusterModel.told(each.getKey()).equals(each.getValue()));
    }
}
