package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W-14: Services, slices and pods by selector come and go; all their streams together stay within what one namespace may hold. */
class StreamBudgetPropertyTest {
    private static final int SERVICES = 24;
    private static final int STEPS = 3_000;
    private static final int BETWEEN_QUIET_POINTS = 100;

    private final FakeClock clock = new FakeClock();
    private final Map<String, Feeds.Use<?>> uses = new TreeMap<>();

    static Stream<Arguments> runs() {
        long fresh = new Random().nextLong();
        return LongStream.of(1, 2, 3, fresh).boxed().flatMap(seed -> Stream.of(true, false)
                .map(streaming -> Arguments.of(seed, streaming)));
    }

    private static ScriptedTransport transport(boolean streaming) {
        return streaming ? new ScriptedTransport(new StreamingLists()) : new ScriptedTransport();
    }

    private Feeds feeds(CountedStreams streams, int limit) {
        return new Feeds(new Keepers(new Keepers.Means(
                streams,
                () -> 0L,
                host -> List.of(),
                Runnable::run,
                Duration.ofSeconds(30),
                limit,
                WatchConfig.DEFAULT,
                null)));
    }

    private static Source<?> source(String kind, String service) {
        ObjectName name = new ObjectName(NamespaceScene.NAMESPACE, service);
        return switch (kind) {
            case "services" -> new Source.OneService(name);
            case "endpointslices" -> new Source.SlicesOf(name);
            default -> new Source.PodsBy(NamespaceScene.NAMESPACE, "app=" + service);
        };
    }

    @ParameterizedTest(name = "seed {0}, streaming lists {1}")
    @DisplayName(
            "W-14: whatever is watched of a namespace, there are never more than 16 streams, and nothing is missed")
    @MethodSource("runs")
    void there_are_never_more_than_16_streams_and_nothing_is_missed_W14(long seed, boolean streaming) {
        System.out.println("streams of a namespace with seed " + seed);
        Random random = new Random(seed);
        ScriptedTransport transport = transport(streaming);
        CountedStreams streams = new CountedStreams(transport);
        BudgetApi api = new BudgetApi(transport, random);
        Feeds feeds = feeds(streams, 8);
        Context context = new Context(clock, clock);
        int crowded = 0;
        for (int step = 1; step <= STEPS; step++) {
            step(random, feeds, context, api, step / 500 % 2 == 0);
            assertThat(streams.open()).as("seed %s, step %s", seed, step).isLessThanOrEqualTo(16);
            if (step % BETWEEN_QUIET_POINTS == 0) {
                crowded += uses.size() > 16 ? 1 : 0;
                awaitAgreement(api, "seed " + seed + ", step " + step);
                assertOneStreamForMany(streams, "seed " + seed + ", step " + step);
            }
        }
        assertThat(crowded)
                .as("quiet points with more than could be watched one by one")
                .isGreaterThan(5);
        assertThat(streams.most()).isBetween(6, 16);
        assertThat(api.streamedWide > 0).isEqualTo(streaming);
        assertThat(api.wholeWide > 0 || streaming).isTrue();
        feeds.close();
        assertThat(streams.open()).isZero();
        assertThat(clock.timers()).isZero();
    }

    private void step(Random random, Feeds feeds, Context context, BudgetApi api, boolean growing) {
        String kind = List.of("services", "endpointslices", "pods").get(random.nextInt(3));
        String service = "s" + random.nextInt(SERVICES);
        int what = random.nextInt(20);
        if (what < 8) {
            api.change(kind, service);
        } else if (what < 12) {
            Feeds.Use<?> open = uses.get(kind + "/" + service);
            if (open == null && (growing || random.nextInt(4) == 0)) {
                uses.put(kind + "/" + service, feeds.use(context, source(kind, service), () -> {}));
            } else if (open != null && !growing) {
                open.close();
                uses.remove(kind + "/" + service);
            }
        } else if (what == 12) {
            api.disturb();
        } else if (what < 18) {
            api.answer(false);
        } else {
            clock.advance(Duration.ofMillis(random.nextInt(2000)));
        }
        if (random.nextBoolean()) {
            clock.runDue();
        }
    }

    private void awaitAgreement(BudgetApi api, String when) {
        for (int i = 0; i < 30; i++) {
            clock.advance(Duration.ofMillis(500));
            api.answer(true);
        }
        clock.runDue();
        uses.forEach((what, use) -> {
            String kind = what.substring(0, what.indexOf('/'));
            String service = what.substring(what.indexOf('/') + 1);
            Object value = use.finding().value();
            assertThat(value).as("%s: %s", when, what).isNotNull();
            assertThat(address(value)).as("%s: %s", when, what).isEqualTo(api.address(kind, service));
        });
    }

    /** Whatever came when, and whatever broke on the way: above the limit a kind has one stream and no other (rule W-14). */
    private void assertOneStreamForMany(CountedStreams streams, String when) {
        for (String kind : List.of("services", "endpointslices", "pods")) {
            long used = uses.keySet().stream()
                    .filter(each -> each.startsWith(kind + "/"))
                    .count();
            if (used > 8) {
                assertThat(streams.open(kind)).as("%s: %s", when, kind).isEqualTo(1);
            }
        }
    }

    /** What tells one state of an object from another; null if there is none. */
    private static @Nullable String address(@Nullable Object value) {
        Object one = value instanceof Optional<?> optional
                ? optional.orElse(null)
                : value instanceof List<?> list && !list.isEmpty() ? list.get(0) : null;
        if (one instanceof Slice slice) {
            return slice.endpoints().get(0).address();
        }
        if (one instanceof PodObject pod) {
            return pod.ips().get(0);
        }
        return one instanceof ServiceObject service ? service.uid() : null;
    }

    @ParameterizedTest(name = "streaming lists {0}")
    @DisplayName("W-14: many services with weights and many targets of pods end on three streams")
    @ValueSource(booleans = {true, false})
    void many_services_with_weights_and_targets_of_pods_end_on_three_streams_W14(boolean streaming) {
        ScriptedTransport transport = transport(streaming);
        CountedStreams streams = new CountedStreams(transport);
        BudgetApi api = new BudgetApi(transport, new Random(1));
        Feeds feeds = feeds(streams, 8);
        Context context = new Context(clock, clock);
        for (int i = 0; i < 100; i++) { // Each as a resolver would: the Service and its slices, then its pods.
            String service = "s" + i;
            for (String kind : List.of("services", "endpointslices", "pods")) {
                api.change(kind, service);
                uses.put(kind + "/" + service, feeds.use(context, source(kind, service), () -> {}));
            }
            clock.advance(Duration.ofMillis(1));
            api.answer(true);
            assertThat(streams.open()).isLessThanOrEqualTo(16);
        }
        awaitAgreement(api, "all in use");
        assertThat(streams.most()).isLessThanOrEqualTo(16);
        assertThat(streams.open())
                .as("a wide one of each kind, also for those that came later")
                .isEqualTo(3);
        for (int i = 2; i < 100; i++) {
            for (String kind : List.of("services", "endpointslices", "pods")) {
                feeds.use(context, source(kind, "s" + i), () -> {}).close();
                uses.remove(kind + "/s" + i).close();
            }
        }
        clock.advance(Feeds.LINGER.plusSeconds(1));
        awaitAgreement(api, "two are left");
        assertThat(streams.open()).as("two of each kind, by themselves").isEqualTo(6);
        assertThat(streams.most()).isLessThanOrEqualTo(16);
        feeds.close();
    }
}
