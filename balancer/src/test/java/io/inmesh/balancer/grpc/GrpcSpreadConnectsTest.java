package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the connections of a channel begin, on a clock that stands. */
class GrpcSpreadConnectsTest {
    private final FakeClock clock = new FakeClock();
    private final List<Client> clients = new ArrayList<>();

    /** One of many processes. */
    private final class Client {
        private final RecordedChannel channel = new RecordedChannel();
        private final InmeshPolicy policy = new InmeshPolicy();
        private final LoadBalancer balancer = policy.newLoadBalancer(channel);
        private final Mesh mesh;
        private long revision;

        Client(long seed) {
            mesh = Mesh.builder()
                    .resolvers(new FakeEndpoints("k8s"))
                    .clock(clock)
                    .scheduler(clock)
                    .random(new Random(seed))
                    .build();
            clients.add(this);
        }

        void addresses(int from, int to) {
            addresses(from, to, "round-robin");
        }

        void addresses(int from, int to, String named) {
            List<Endpoint> endpoints =
                    IntStream.range(from, to).mapToObj(Client::endpoint).toList();
            Target target = Target.parse(GrpcDoor.ORDERS);
            EndpointSet set = EndpointSet.of(ServiceFacts.of(ServiceKey.of(target)), ++revision, endpoints);
            channel.run(() -> balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                    .setAddresses(endpoints.stream().map(Addresses::of).toList())
                    .setAttributes(Attributes.newBuilder()
                            .set(MeshBinding.KEY, new MeshBinding(mesh.engine(), target, set))
                            .build())
                    .setLoadBalancingPolicyConfig(
                            policy.parseLoadBalancingPolicyConfig(Map.of("policy", named, "eject.enabled", "false"))
                                    .getConfig())
                    .build()));
        }

        private static Endpoint endpoint(int number) {
            return Endpoint.of("10.0." + number / 250 + "." + (number % 250 + 1), 80);
        }

        private static SocketAddress at(int number) {
            return new InetSocketAddress(endpoint(number).host(), 80);
        }

        /** Those that were asked to connect. */
        List<SocketAddress> begun() {
            return channel.open().stream()
                    .filter(address -> channel.to(address).asked() > 0)
                    .toList();
        }

        void close() {
            channel.run(balancer::shutdown);
            mesh.close();
            channel.close();
        }
    }

    private Client client() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Client(seed);
    }

    @AfterEach
    void close() {
        clients.forEach(Client::close);
    }

    @Test
    void a_small_set_is_connected_to_at_once() {
        Client client = client();
        client.addresses(0, SpreadConnects.AT_ONCE);
        assertThat(client.begun()).hasSize(SpreadConnects.AT_ONCE);
    }

    @Test
    void a_few_of_a_large_set_are_connected_to_at_once_and_the_others_one_after_the_other_within_a_second() {
        Client client = client();
        client.addresses(0, 1_000);
        assertThat(client.channel.open()).hasSize(1_000);
        assertThat(client.begun()).hasSize(SpreadConnects.AT_ONCE);

        int before = SpreadConnects.AT_ONCE;
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofMillis(20)); // Two waits, if they are the longest.
            int now = client.begun().size();
            assertThat(now).isGreaterThanOrEqualTo(Math.min(1_000, before + 20));
            before = now;
        }
        clock.advance(SpreadConnects.LONGEST);
        assertThat(client.begun()).hasSize(1_000).allSatisfy(address -> assertThat(
                        client.channel.to(address).asked())
                .isEqualTo(1));
    }

    @Test
    void no_second_passes_before_the_last_of_any_number_has_begun() {
        for (int count : List.of(11, 20, 99, 100, 101, 110, 111, 250, 999, 3_000)) {
            Client client = client();
            client.addresses(0, count);
            clock.advance(SpreadConnects.LONGEST);
            assertThat(client.begun()).as("of %d", count).hasSize(count);
        }
    }

    @Test
    void clients_that_start_together_turn_to_different_endpoints_first() {
        Client one = new Client(1);
        Client other = new Client(2);
        one.addresses(0, 500);
        other.addresses(0, 500);
        assertThat(one.begun()).hasSameSizeAs(other.begun()).doesNotContainAnyElementsOf(other.begun());
    }

    @Test
    void a_few_that_come_later_are_connected_to_at_once_and_many_are_spread() {
        Client client = client();
        client.addresses(0, 200);
        clock.advance(SpreadConnects.LONGEST);
        client.addresses(0, 205);
        assertThat(client.begun()).hasSize(205);
        client.addresses(0, 400);
        assertThat(client.begun()).hasSize(205 + SpreadConnects.AT_ONCE);
        clock.advance(SpreadConnects.LONGEST);
        assertThat(client.begun()).hasSize(400);
    }

    @Test
    void keys_place_calls_on_their_endpoints_before_these_are_connected_to_and_in_no_burst() {
        for (String policy : List.of("maglev", "ring-hash", "rendezvous", "source-hash")) {
            Client client = client();
            client.addresses(0, 300, policy);
            assertThat(client.begun()).as(policy).hasSize(SpreadConnects.AT_ONCE);
            assertThat(client.channel.state()).isEqualTo(ConnectivityState.CONNECTING);
            SocketAddress owner = client.channel.pickedBy("ann");

            clock.advance(SpreadConnects.LONGEST);
            assertThat(client.begun()).as(policy).hasSize(300);
            assertThat(client.channel.pickedBy("ann")).as(policy).isEqualTo(owner);
        }
    }

    @Test
    void keys_wait_for_their_endpoints_as_long_as_there_is_hope_and_go_elsewhere_when_one_fails() {
        Client client = client();
        client.addresses(0, 20, "maglev");
        SocketAddress owner = client.channel.pickedBy("ann");
        for (SocketAddress address : client.channel.open()) {
            if (!address.equals(owner)) {
                client.channel.to(address).is(ConnectivityState.READY);
            }
        }
        clock.advance(ConnectedMember.HOPE.minusMillis(1));
        assertThat(client.channel.state()).isEqualTo(ConnectivityState.READY);
        assertThat(client.channel.pickedBy("ann")).isEqualTo(owner);

        clock.advance(Duration.ofSeconds(1));
        SocketAddress second = client.channel.pickedBy("ann");
        assertThat(second).isNotEqualTo(owner);

        client.channel.to(owner).is(ConnectivityState.READY);
        clock.advance(Gathering.REST);
        assertThat(client.channel.pickedBy("ann")).isEqualTo(owner);
        client.channel.to(owner).fails("refused");
        clock.advance(Gathering.REST);
        assertThat(client.channel.pickedBy("ann")).isEqualTo(second);
    }

    @Test
    void a_thousand_connections_that_become_ready_or_fail_at_once_make_a_few_pickers() {
        for (String policy : List.of("round-robin", "maglev")) {
            Client client = client();
            client.addresses(0, 1_000, policy);
            clock.advance(SpreadConnects.LONGEST);
            List<SocketAddress> all = client.channel.open();
            int before = client.channel.updates();
            for (SocketAddress address : all.subList(0, 500)) {
                client.channel.to(address).is(ConnectivityState.READY);
            }
            for (SocketAddress address : all.subList(500, 1_000)) {
                client.channel.to(address).fails("refused");
            }
            clock.advance(Duration.ofMillis(100));
            assertThat(client.channel.updates() - before).as(policy).isBetween(1, 10);
            assertThat(client.channel.state()).isEqualTo(ConnectivityState.READY);
            assertThat(client.channel.picked(100)).as(policy).isSubsetOf(all.subList(0, 500));
        }
    }

    @Test
    void what_leaves_before_its_turn_is_not_connected_to_and_a_channel_that_ends_leaves_no_timer() {
        Client client = client();
        client.addresses(0, 500);
        List<SocketAddress> before = client.begun();
        List<RecordedChannel.Connection> left = IntStream.range(0, 250)
                .mapToObj(Client::at)
                .filter(address -> !before.contains(address))
                .map(client.channel::to)
                .toList();
        client.addresses(250, 500);
        clock.advance(Duration.ofMillis(100));
        assertThat(left).isNotEmpty().allSatisfy(connection -> assertThat(connection.asked())
                .isZero());
        assertThat(client.begun()).hasSizeBetween(20, 499);

        int timers = clock.timers();
        client.channel.run(client.balancer::shutdown);
        assertThat(clock.timers()).isLessThan(timers);
        clock.advance(SpreadConnects.LONGEST);
        assertThat(client.channel.open()).isEmpty();
    }

    @Test
    void calls_wait_no_longer_than_they_did_for_the_first_connections() {
        Client client = client();
        client.addresses(0, 500);
        for (SocketAddress address : client.begun()) {
            client.channel.to(address).is(ConnectivityState.READY);
        }
        clock.advance(Duration.ofMillis(100)); // As connections are given to settle.
        assertThat(client.channel.state()).isEqualTo(ConnectivityState.READY);
        assertThat(client.channel.picked(10)).doesNotHaveDuplicates();
    }
}
