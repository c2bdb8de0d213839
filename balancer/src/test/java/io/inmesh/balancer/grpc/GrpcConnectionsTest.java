package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.PickContext;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Sessions;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.balancer.engine.OwnService;
import io.inmesh.balancer.testing.HeardEvents;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which connections a channel makes, keeps and closes, on a clock that stands. */
class GrpcConnectionsTest {
    private static final String CHECKOUT = "checkout.shop:http";
    private static final String TURNS = GrpcDoor.ORDERS + "?policy=round-robin";

    private final FakeClock clock = new FakeClock();
    private final HeardEvents events = new HeardEvents();
    private final GrpcDoor door = new GrpcDoor(builder -> builder.clock(clock)
            .scheduler(clock)
            .observer(events)
            .self(CHECKOUT)
            .locality(new Locality("n1", "a")));
    private final List<Gateway> gateways = new ArrayList<>();

    @AfterEach
    void close() {
        door.close();
        clock.runDue();
        gateways.forEach(Gateway::close);
    }

    private Gateway gateway(TestBackend backend) throws IOException {
        Gateway gateway = Gateway.to(backend);
        gateways.add(gateway);
        return gateway;
    }

    private Gateway nowhere() throws IOException {
        Gateway gateway = Gateway.toNowhere();
        gateways.add(gateway);
        return gateway;
    }

    private static CallOptions soon() {
        return CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(30));
    }

    private CompletableFuture<Status> begin(ManagedChannel channel, CallOptions options) {
        return Calls.begin(channel.newCall(TestBackend.UNSAFE, options));
    }

    /** Time passes, as little as connections need to settle, until the call has ended. */
    private void awaitOk(CompletableFuture<Status> end) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            clock.advance(Duration.ofMillis(1));
            return end.isDone();
        });
        assertThat(end.join().getCode()).as("%s", end.join()).isEqualTo(Status.Code.OK);
    }

    private void call(ManagedChannel channel, CallOptions options, int times) {
        for (int i = 0; i < times; i++) {
            awaitOk(begin(channel, options));
        }
    }

    private static long connected(List<TestBackend> backends) {
        return backends.stream().filter(each -> each.connections() > 0).count();
    }

    private static Endpoint in(Endpoint endpoint, String zone) {
        return endpoint.withLocality(new Locality("n-" + zone, zone));
    }

    private void peers(int count) {
        String own = OwnService.Identity.ofThisProcess(Map.of())
                .addresses()
                .iterator()
                .next();
        List<Endpoint> peers = new ArrayList<>(List.of(Endpoint.of(own, 8080)));
        for (int i = 1; i < count; i++) {
            peers.add(Endpoint.of("peer-" + i + ".test", 8080));
        }
        door.cluster.publish(CHECKOUT, peers.toArray(Endpoint[]::new));
    }

    @Test
    @DisplayName("5.26: another part is connected to before the one in use is given up")
    void a_subset_is_left_only_when_the_next_can_be_reached() throws Exception {
        List<TestBackend> backends = new ArrayList<>(door.backends(8));
        door.publish(backends);
        ManagedChannel channel = door.channel(TURNS + "&subset.mode=random&subset.size=3");
        call(channel, soon(), 6);
        assertThat(connected(backends)).isEqualTo(3);

        // 3 of 48, hardly ever all of them old ones.
        List<Endpoint> more =
                new ArrayList<>(backends.stream().map(TestBackend::endpoint).toList());
        for (int i = 0; i < 40; i++) {
            more.add(nowhere().endpoint());
        }
        door.publish(more.toArray(Endpoint[]::new));
        call(channel, soon(), 20);
        assertThat(connected(backends)).as("nobody can take their place").isEqualTo(3);

        backends.addAll(door.backends(8));
        door.publish(backends);
        await().until(() -> {
            call(channel, soon(), 1);
            return connected(backends) == 3;
        });
    }

    @Test
    @DisplayName("5.26: the part of a rank is connected to at once, and no other before the rank is known")
    void peers_are_asked_for_before_anything_is_connected_to() throws Exception {
        List<TestBackend> backends = door.backends(12);
        door.publish(backends);
        ManagedChannel channel = door.channel(TURNS + "&subset.mode=deterministic&subset.size=3");
        CompletableFuture<Status> first = begin(channel, soon());
        await().until(() -> door.cluster.resolvers() == 2); // The target's and the own service's.
        peers(4);
        awaitOk(first);
        call(channel, soon(), 9);
        assertThat(backends.stream().mapToInt(TestBackend::connectionsEver).sum())
                .isEqualTo(3);
    }

    @Test
    void an_own_service_that_says_nothing_is_waited_for_a_second_and_no_longer() throws Exception {
        List<TestBackend> backends = door.backends(12);
        door.publish(backends);
        ManagedChannel channel = door.channel(TURNS + "&subset.mode=deterministic&subset.size=3");
        CompletableFuture<Status> first = begin(channel, soon());
        await().until(() -> door.cluster.resolvers() == 2);
        clock.advance(Duration.ofMillis(999));
        assertThat(connected(backends)).isZero();
        clock.advance(Duration.ofMillis(1));
        awaitOk(first);
    }

    @Test
    @DisplayName("5.25: a connection outside the subset is counted, and closed when no session uses it")
    void connections_for_sessions_end_with_their_use() throws Exception {
        List<TestBackend> backends = door.backends(6);
        door.publish(backends);
        ManagedChannel channel = door.channel(TURNS + "&affinity.mode=strong&subset.mode=random&subset.size=2");
        call(channel, soon(), 10);
        TestBackend outside = backends.stream()
                .filter(each -> each.connections() == 0)
                .findFirst()
                .orElseThrow();
        CallOptions session =
                soon().withOption(MeshChannels.SESSION, new CallSession(Sessions.tokenOf(outside.endpoint())));
        events.take();
        call(channel, session, 5);
        assertThat(events.take())
                .filteredOn(event -> event.startsWith("connected outside"))
                .containsExactly("connected outside " + outside.endpoint().address());

        Duration most = Connections.UNUSED.dividedBy(2);
        for (int i = 0; i < 6; i++) {
            clock.advance(most);
            call(channel, session, 1);
        }
        assertThat(outside.connectionsEver()).as("in use all the time").isEqualTo(1);

        await().until(() -> {
            clock.advance(most);
            return outside.connections() == 0;
        });
        assertThat(connected(backends)).isEqualTo(2);
        call(channel, session, 3);
        assertThat(outside.calls()).isEqualTo(14);
        assertThat(outside.connectionsEver()).isEqualTo(2);
    }

    @Test
    @DisplayName("Y-5: a channel of a subset stays with the endpoint of the process, wherever that is")
    void a_subset_does_not_move_the_endpoint_that_the_process_stays_with() throws Exception {
        List<TestBackend> backends = door.backends(6);
        ServiceFacts clientIp = new ServiceFacts(GrpcDoor.KEY, "", Duration.ofHours(3), Map.of(), null, null);
        door.cluster.publish(
                GrpcDoor.ORDERS,
                clientIp,
                backends.stream().map(TestBackend::endpoint).toList());
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?subset.mode=random&subset.size=2");
        channel.getState(true);
        await().until(() -> {
            clock.advance(Duration.ofMillis(1));
            return connected(backends) == 2;
        });
        PickContext elsewhere = PickContext.NONE;
        for (TestBackend each : backends) {
            elsewhere = each.connections() > 0 ? elsewhere.withTried(each.endpoint()) : elsewhere;
        }
        try (LoadBalancer plain = door.mesh.service(GrpcDoor.ORDERS)) {
            clock.runDue();
            Endpoint chosen = ((io.inmesh.api.EndpointView) plain.choose(elsewhere)).endpoint();
            for (int i = 0; i < 10; i++) {
                call(channel, soon(), 1);
                assertThat(((io.inmesh.api.EndpointView) plain.choose(PickContext.NONE)).endpoint())
                        .isEqualTo(chosen);
            }
            assertThat(backends).allSatisfy(each -> assertThat(each.calls())
                    .isEqualTo(each.endpoint().equals(chosen) ? 10 : 0));
        }
    }

    @Test
    @DisplayName("A56: the first priority is waited for ten seconds while it is being connected to")
    void the_failover_timer() throws Exception {
        TestBackend second = door.backend();
        Gateway first = nowhere();
        door.publish(in(first.endpoint(), "a"), in(second.endpoint(), "b"));
        ManagedChannel channel = door.channel(TURNS + "&priority.zones=own,b&priority.mode=first");
        CompletableFuture<Status> end = begin(channel, soon());
        await().until(() -> first.waiting() == 1 && second.connections() == 1);
        for (int i = 0; i < 99; i++) {
            clock.advance(Duration.ofMillis(100));
        }
        assertThat(second.calls()).isZero();
        assertThat(end).isNotDone();
        clock.advance(Duration.ofMillis(100));
        awaitOk(end);
        assertThat(second.calls()).isEqualTo(1);
    }

    @Test
    @DisplayName("A56: a first priority that comes within its time gets everything")
    void a_first_priority_that_comes_late() throws Exception {
        TestBackend near = door.backend();
        TestBackend far = door.backend();
        Gateway first = gateway(near);
        first.cutAndShut();
        door.publish(in(first.endpoint(), "a"), in(far.endpoint(), "b"));
        ManagedChannel channel = door.channel(TURNS + "&priority.zones=own,b&priority.mode=first");
        CompletableFuture<Status> end = begin(channel, soon());
        await().until(() -> first.waiting() == 1 && far.connections() == 1);
        clock.advance(Duration.ofSeconds(5));
        first.open();
        awaitOk(end);
        call(channel, soon(), 5);
        assertThat(near.calls()).isEqualTo(6);
        assertThat(far.calls()).isZero();
    }

    @Test
    @DisplayName("A56: a priority that reconnects keeps its calls, for ten seconds")
    void a_priority_that_reconnects_is_waited_for() throws Exception {
        TestBackend near = door.backend();
        TestBackend far = door.backend();
        Gateway first = gateway(near);
        door.publish(in(first.endpoint(), "a"), in(far.endpoint(), "b"));
        ManagedChannel channel = door.channel(TURNS + "&priority.zones=own,b&priority.mode=first");
        call(channel, soon(), 3);
        first.cutAndShut();
        await().until(() -> first.waiting() == 1);
        CompletableFuture<Status> waits = begin(channel, soon());
        clock.advance(Duration.ofSeconds(9));
        assertThat(waits).isNotDone();
        first.open();
        awaitOk(waits);
        assertThat(near.calls()).isEqualTo(4);
        assertThat(far.calls()).isZero();

        first.cutAndShut();
        await().until(() -> first.waiting() == 1);
        CompletableFuture<Status> moves = begin(channel, soon());
        clock.advance(Duration.ofSeconds(10));
        awaitOk(moves);
        assertThat(far.calls()).isEqualTo(1);
    }

    @Test
    @DisplayName("A42: an endpoint that reconnects keeps its keys, which wait, and the others go on")
    void a_ring_keeps_who_reconnects() throws Exception {
        List<TestBackend> backends = door.backends(3);
        List<Gateway> ways = new ArrayList<>();
        for (TestBackend backend : backends) {
            ways.add(gateway(backend));
        }
        door.publish(ways.stream().map(Gateway::endpoint).toArray(Endpoint[]::new));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=ring-hash");
        CallOptions key = soon().withOption(MeshChannels.KEY, "customer-42");
        call(channel, key, 5);
        int owner = Stream.of(0, 1, 2)
                .filter(i -> backends.get(i).calls() == 5)
                .findFirst()
                .orElseThrow();

        ways.get(owner).cutAndShut();
        await().until(() -> ways.get(owner).waiting() == 1);
        CompletableFuture<Status> waits = begin(channel, key);
        int elsewhere = 0;
        for (int i = 0; elsewhere < 5; i++) {
            assertThat(i).as("keys of others are answered").isLessThan(200);
            CompletableFuture<Status> other = begin(channel, soon().withOption(MeshChannels.KEY, "key-" + i));
            elsewhere += isDoneOr(other, ways.get(owner)) ? 1 : 0;
        }
        assertThat(waits).isNotDone();
        ways.get(owner).open();
        awaitOk(waits);
        assertThat(backends.get(owner).calls()).isGreaterThanOrEqualTo(6);
    }

    /** True if the call is answered though that way is shut; false if it waits, which is all that can be said of one that belongs there. */
    private static boolean isDoneOr(CompletableFuture<Status> call, Gateway shut) {
        try {
            call.get(500, java.util.concurrent.TimeUnit.MILLISECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException e) {
            assertThat(shut.waiting()).isEqualTo(1);
            return false;
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError("the call failed", e);
        }
    }

    @Test
    void of_a_policy_without_keys_calls_do_not_wait_for_who_reconnects() throws Exception {
        List<TestBackend> backends = door.backends(2);
        List<Gateway> ways = List.of(gateway(backends.get(0)), gateway(backends.get(1)));
        door.publish(ways.stream().map(Gateway::endpoint).toArray(Endpoint[]::new));
        ManagedChannel channel = door.channel(TURNS);
        await().until(() -> {
            call(channel, soon(), 1);
            return connected(backends) == 2 && backends.stream().allMatch(each -> each.calls() > 0);
        });
        ways.get(0).cutAndShut();
        await().until(() -> ways.get(0).waiting() == 1);
        int before = backends.get(1).calls();
        call(channel, soon(), 20);
        assertThat(backends.get(1).calls()).isEqualTo(before + 20);

        ways.get(1).cutAndShut(); // Nobody is left: the next call waits for either.
        await().until(() -> ways.get(1).waiting() == 1);
        CompletableFuture<Status> waits = begin(channel, soon());
        ways.get(0).open();
        awaitOk(waits);
    }

    @Test
    void calls_wait_for_the_one_that_may_serve_them_though_a_quiesced_one_is_connected() throws Exception {
        TestBackend quiesced = door.backend();
        TestBackend backend = door.backend();
        Gateway way = gateway(backend);
        way.cutAndShut();
        door.publish(quiesced.endpoint().withWeight(0), way.endpoint());
        ManagedChannel channel = door.channel(TURNS);
        CompletableFuture<Status> end = begin(channel, soon());
        await().until(() -> way.waiting() == 1 && quiesced.connections() == 1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(end).isNotDone();
        way.open();
        awaitOk(end);
        assertThat(backend.calls()).isEqualTo(1);
    }
}
