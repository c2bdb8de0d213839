package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that use, close and release at once: whoever holds a source hears of it, and at the end nothing is left. */
class FeedsStressTest {
    private static final int THREADS = 4;
    private static final Duration LASTS = Duration.ofSeconds(3);
    private static final Duration LINGERS = Duration.ofMillis(2);
    private static final String EMPTY_LIST = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}";
    private static final String END_OF_LIST =
            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\","
                    + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n";

    private final Scheduler system = Scheduler.system("feeds-stress");
    private final Scheduler hurried = new Hurried();
    private final EmptyCluster cluster = new EmptyCluster();
    private final List<Source<?>> sources = new ArrayList<>();
    private final Feeds feeds = new Feeds(new Keepers(new Keepers.Means(
            cluster,
            () -> 0L,
            host -> List.of(InetAddress.getLoopbackAddress()),
            system,
            Duration.ofSeconds(30),
            2,
            WatchConfig.DEFAULT,
            null)));
    private final Context kept = new Context(NanoClock.system(), hurried);
    private final Context released = new Context(NanoClock.system(), hurried);

    /** Lingering is over in no time, so that it is over in the middle of everything. */
    private final class Hurried implements Scheduler {
        @Override
        public void execute(Runnable task) {
            system.execute(task);
        }

        @Override
        public Cancellable schedule(Runnable task, Duration delay) {
            return system.schedule(task, delay.equals(Feeds.LINGER) ? LINGERS : delay);
        }

        @Override
        public void close() {
            system.close();
        }
    }

    /** Answers at once, on the asking thread, that there is nothing. */
    private static final class EmptyCluster implements ApiTransport {
        private final Set<Receiver> open = ConcurrentHashMap.newKeySet();
        private final AtomicLong requests = new AtomicLong();

        @Override
        public Scheduler.Cancellable get(String pathAndQuery, Receiver receiver) {
            requests.incrementAndGet();
            boolean watch = pathAndQuery.contains("watch=1");
            if (watch) {
                open.add(receiver);
            }
            receiver.onHead(200, null);
            if (!watch) {
                receiver.onBytes(bytes(EMPTY_LIST));
                receiver.onEnd(null);
            } else if (pathAndQuery.contains("sendInitialEvents")) {
                receiver.onBytes(bytes(END_OF_LIST));
            }
            return () -> open.remove(receiver);
        }

        private static ByteBuffer bytes(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String url() {
            return "http://api.test";
        }

        @Override
        public StreamingLists streamingLists() {
            return new StreamingLists();
        }

        @Override
        public Optional<String> heldUpBy() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @AfterEach
    void close() {
        system.close();
    }

    @Test
    void nobody_who_holds_a_source_waits_in_vain_and_nothing_is_left() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("feeds stress with seed " + seed);
        for (String service : List.of("a", "b", "c", "d")) {
            ObjectName name = new ObjectName("prod", service);
            sources.add(new Source.OneService(name));
            sources.add(new Source.SlicesOf(name));
        }
        sources.add(new Source.AllNodes());
        sources.add(new Source.AddressesOf("db.example.org"));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long until = System.nanoTime() + LASTS.toNanos();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed + i);
                running.add(threads.submit(() -> useAndClose(random, until)));
            }
            for (Future<?> each : running) {
                each.get(LASTS.toSeconds() * 10, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(cluster.requests.get()).as("seed %s", seed).isGreaterThan(1000);
        feeds.release(released);
        Awaitility.await("what nobody uses ends, seed " + seed)
                .atMost(Duration.ofSeconds(10))
                .until(cluster.open::isEmpty);
        List<Feeds.Use<?>> last = new ArrayList<>();
        sources.forEach(source -> last.add(feeds.use(kept, source, () -> {})));
        awaitKnown(last, seed);
        feeds.close();
        Awaitility.await("seed " + seed).atMost(Duration.ofSeconds(10)).until(cluster.open::isEmpty);
    }

    private void useAndClose(Random random, long until) {
        List<Feeds.Use<?>> held = new ArrayList<>();
        while (System.nanoTime() < until) {
            int what = random.nextInt(1000);
            if (what == 0) {
                feeds.release(released);
            } else if (what < 10) {
                awaitKnown(held, what);
            } else if (what < 500 && held.size() < 6) {
                held.add(feeds.use(kept, sources.get(random.nextInt(sources.size())), () -> {}));
            } else if (what < 600) {
                Feeds.Use<?> use = feeds.use(released, sources.get(random.nextInt(sources.size())), () -> {});
                use.refresh();
                use.close();
            } else if (!held.isEmpty()) {
                held.remove(random.nextInt(held.size())).close();
            }
        }
        awaitKnown(held, 0);
        held.forEach(Feeds.Use::close);
    }

    private static void awaitKnown(List<Feeds.Use<?>> held, long seed) {
        Awaitility.await("everything held is known, seed " + seed)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> held.stream().allMatch(use -> use.finding().value() != null));
    }
}
