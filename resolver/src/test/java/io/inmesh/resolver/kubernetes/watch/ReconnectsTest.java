package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.client.Access;
import io.inmesh.resolver.kubernetes.client.ApiClient;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import io.inmesh.resolver.testing.StreamingLists;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** W-2, W-9 over real HTTP: what a watch costs the API server. */
class ReconnectsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final ScriptedService orders =
            ScriptedService.of(server, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));
    private final Scheduler scheduler = Scheduler.system("reconnects-test");
    private final AtomicReference<@Nullable Throwable> bug = new AtomicReference<>();
    private final Lane lane = Lane.on(scheduler, bug::set);
    private final ApiClient api = new ApiClient(new Access.Url(server.url().toString()));
    private final Map<ObjectName, Slice> slices = new ConcurrentHashMap<>();
    private final ListWatch<Slice> watch = new ListWatch<>(
            WatchedResource.slices(new ObjectName("shop", "orders")),
            new ListWatch.Place(api, lane, NanoClock.system(), scheduler, () -> 0L),
            new Holder());

    private final class Holder implements WatchSink<Slice> {
        @Override
        public void onListOnLane(List<Slice> objects, List<WatchEvents.Unread<Slice>> unread) {
            slices.clear();
            objects.forEach(slice -> slices.put(slice.id(), slice));
        }

        @Override
        public void onEventsOnLane(List<Event<Slice>> events) {
            for (Event<Slice> event : events) {
                if (event instanceof WatchEvents.Put<Slice> put) {
                    slices.put(put.id(), put.object());
                } else if (event instanceof WatchEvents.Removed<Slice> removed) {
                    slices.remove(removed.id());
                }
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            // What is known is asserted, not what is said of the way.
        }
    }

    @AfterEach
    void close() {
        watch.close();
        api.close();
        scheduler.close();
        server.close();
        assertThat(bug.get()).isNull();
    }

    private void awaitEndpoints(int count) {
        Awaitility.await().atMost(PATIENCE).until(() -> addresses() == count);
    }

    private long addresses() {
        return slices.values().stream()
                .flatMap(slice -> slice.endpoints().stream())
                .map(SliceEndpoint::address)
                .distinct()
                .count();
    }

    private static boolean asksForAll(ApiRequest request) {
        return request.verb().equals("list") || request.parameter("sendInitialEvents") != null;
    }

    @ParameterizedTest
    @CsvSource({"SUPPORTED, cut", "SUPPORTED, end", "REFUSED, end"})
    void twenty_reconnects_with_a_version_still_served_cost_no_list_and_lose_nothing_W2(
            StreamingLists behaviour, String how) {
        server.streamingLists(behaviour);
        orders.add(ScriptedPod.of("orders-0", "10.0.0.100"));
        watch.start();
        awaitEndpoints(1);
        Awaitility.await().atMost(PATIENCE).until(() -> server.watches().count() == 1);
        assertThat(server.requests(ReconnectsTest::asksForAll)).isNotEmpty();
        server.forgetRequests();
        for (int i = 1; i <= 20; i++) {
            server.watches()
                    .line(any -> true, "{\"type\":\"STRANGE\",\"object\":{}}"); // So that its end is a normal one.
            if (how.equals("cut")) {
                server.watches().cut(any -> true);
            } else {
                server.watches().end(any -> true);
            }
            orders.add(ScriptedPod.of("orders-" + i, "10.0.0." + (100 + i)));
            awaitEndpoints(1 + i);
            Awaitility.await().atMost(PATIENCE).until(() -> server.watches().count() == 1);
        }
        assertThat(server.requests()).hasSizeGreaterThanOrEqualTo(20);
        assertThat(server.requests(ReconnectsTest::asksForAll)).as("full lists").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(StreamingLists.class)
    void whatever_the_server_makes_of_streamed_lists_everything_becomes_known_W9(StreamingLists behaviour) {
        server.streamingLists(behaviour);
        orders.add(ScriptedPod.of("orders-0", "10.0.0.100"));
        watch.start();
        awaitEndpoints(1);
        orders.add(ScriptedPod.of("orders-1", "10.0.0.101"));
        awaitEndpoints(2);
        orders.remove("orders-0");
        awaitEndpoints(1);
        assertThat(server.requests(request -> request.verb().equals("list")))
                .hasSize(behaviour == StreamingLists.SUPPORTED ? 0 : 1);
        assertThat(api.streamingLists().areExpected(NanoClock.system().nanoTime()))
                .isEqualTo(behaviour == StreamingLists.SUPPORTED);
        assertThat(watch.pulse().isConnected()).isTrue();
    }
}
