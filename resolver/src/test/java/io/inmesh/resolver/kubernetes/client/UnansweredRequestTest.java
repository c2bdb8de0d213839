package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import io.inmesh.resolver.kubernetes.watch.WatchEvents;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchSink;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request whose answer never begins: given up after a while, and its connection with it. */
class UnansweredRequestTest {
    private static final String WATCH = "/api/v1/namespaces/shop/services?watch=1&allowWatchBookmarks=true"
            + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SilentServer server;
    private final ApiClient api;
    private final FakeClock clock = new FakeClock();
    private final List<String> troubles = new CopyOnWriteArrayList<>();

    UnansweredRequestTest() throws IOException {
        server = new SilentServer();
        api = new ApiClient(new Access.Url(server.url()));
    }

    @AfterEach
    void close() throws IOException {
        api.close();
        server.close();
    }

    @Test
    void cancelled_it_closes_its_connection_and_is_over() {
        Answered answered = new Answered();
        Scheduler.Cancellable exchange = api.get("/api/v1/services?watch=1", answered);
        Awaitility.await().atMost(PATIENCE).until(() -> server.requests.size() == 1);
        assertThat(server.requests.get(0))
                .as("nothing of ours is in it")
                .isEqualTo("GET /api/v1/services?watch=1 HTTP/1.1");
        exchange.cancel();
        Awaitility.await().atMost(PATIENCE).until(() -> server.closed.size() == 1);
        answered.awaitEnd();
        assertThat(answered.status()).isZero();
    }

    @Test
    void cancelled_at_once_it_leaves_no_connection_behind() {
        for (int i = 0; i < 20; i++) {
            api.get("/api/v1/services?n=" + i, new Answered()).cancel();
        }
        Answered last = new Answered();
        api.get("/api/v1/services?n=last", last).cancel();
        api.get("/api/v1/pods", last);
        Awaitility.await().atMost(PATIENCE).until(() -> server.requests.stream()
                .anyMatch(line -> line.contains("/pods")));
        Awaitility.await().atMost(PATIENCE).until(() -> server.closed.size() == server.requests.size() - 1);
        assertThat(server.closed).noneMatch(line -> line.contains("/pods"));
    }

    @Test
    void cancelled_at_any_moment_a_watch_does_not_stay_open() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (ScriptedApiServer answering = ScriptedApiServer.open();
                ApiClient there = new ApiClient(new Access.Url(answering.url().toString()))) {
            ScriptedService.of(answering, "shop", "orders", ScriptedPort.tcp("http", 80, 8080))
                    .add(ScriptedPod.of("orders-1", "10.0.0.1"));
            for (int round = 0; round < 40; round++) {
                List<Scheduler.Cancellable> burst = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    burst.add(there.get(WATCH, new Answered()));
                }
                long until = System.nanoTime() + random.nextInt(20_000_000); // Connecting, sending, the answer.
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                burst.forEach(Scheduler.Cancellable::cancel);
            }
            Answered last = Answered.to(there, "/api/v1/namespaces/shop/services?watch=1");
            assertThat(last.awaitStatus()).isEqualTo(200);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(answering.watches().count()).isEqualTo(1));
        }
    }

    private final class Sink implements WatchSink<Slice> {
        @Override
        public void onListOnLane(List<Slice> objects, List<WatchEvents.Unread<Slice>> unread) {
            throw new AssertionError("nothing was listed");
        }

        @Override
        public void onEventsOnLane(List<Event<Slice>> events) {
            throw new AssertionError("nothing happened");
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            troubles.add(trouble == null ? "none" : trouble.text());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "W-10, W-13: lists and watches without a head are given up after 35 s, their connection closed, and asked again")
    void W_13_without_a_head(WatchConfig.Lists lists) {
        Lane lane = Lane.on(clock, error -> {
            throw new AssertionError(error);
        });
        ListWatch.Place place =
                new ListWatch.Place(api, lane, clock, clock, () -> 0L, new WatchConfig(Duration.ofSeconds(75), lists));
        ListWatch<Slice> watch =
                new ListWatch<>(WatchedResource.slices(new ObjectName("shop", "orders")), place, new Sink());
        watch.start();
        clock.runDue();
        Awaitility.await().atMost(PATIENCE).until(() -> server.requests.size() == 1);
        clock.advance(Duration.ofMillis(34_999));
        assertThat(troubles).isEmpty();
        assertThat(server.closed).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(troubles).singleElement().asString().contains("no answer within 35 s");
        Awaitility.await().atMost(PATIENCE).until(() -> server.closed.size() == 1);
        clock.advance(Duration.ofMillis(100));
        Awaitility.await().atMost(PATIENCE).until(() -> server.requests.size() == 2);
        assertThat(server.requests.get(1)).isEqualTo(server.requests.get(0));
        watch.close();
        Awaitility.await().atMost(PATIENCE).until(() -> server.closed.size() == 2);
    }
}
