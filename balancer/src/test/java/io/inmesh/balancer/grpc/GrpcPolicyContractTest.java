package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What gRPC's documentation of {@link LoadBalancer} asks of a policy, sentence by sentence. */
class GrpcPolicyContractTest {
    private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 80);
    private static final Endpoint C = Endpoint.of("10.0.0.3", 80);

    private final FakeClock clock = new FakeClock();
    private final Mesh mesh = Mesh.builder()
            .resolvers(new FakeEndpoints("k8s"))
            .clock(clock)
            .scheduler(clock)
            .build();
    private final RecordedChannel channel = new RecordedChannel();
    private final InmeshPolicy policy = new InmeshPolicy();
    private final LoadBalancer balancer = policy.newLoadBalancer(channel);
    private long revision;

    @AfterEach
    void close() {
        channel.run(balancer::shutdown);
        mesh.close();
        channel.close();
    }

    /** The resolver says that these are usable; returns what the policy says of that. */
    private Status addresses(Endpoint... endpoints) {
        return groups(Arrays.stream(endpoints).map(Addresses::of).toList(), endpoints);
    }

    private Status groups(List<EquivalentAddressGroup> groups, Endpoint... endpoints) {
        Target target = Target.parse(GrpcDoor.ORDERS);
        EndpointSet set = EndpointSet.of(ServiceFacts.of(ServiceKey.of(target)), ++revision, List.of(endpoints));
        ConfigOrError config = policy.parseLoadBalancingPolicyConfig(Map.of("policy", "round-robin"));
        List<Status> said = new ArrayList<>();
        channel.run(() -> said.add(balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(groups)
                .setAttributes(Attributes.newBuilder()
                        .set(MeshBinding.KEY, new MeshBinding(mesh.engine(), target, set))
                        .build())
                .setLoadBalancingPolicyConfig(config.getConfig())
                .build())));
        return said.get(0);
    }

    private static SocketAddress at(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.host(), endpoint.port());
    }

    private RecordedChannel.Connection to(Endpoint endpoint) {
        return channel.to(at(endpoint));
    }

    private void ready(Endpoint... endpoints) {
        for (Endpoint endpoint : endpoints) {
            to(endpoint).is(ConnectivityState.CONNECTING);
        }
        for (Endpoint endpoint : endpoints) {
            to(endpoint).is(ConnectivityState.READY);
        }
    }

    private void assertBuffers() {
        PickResult result = channel.pick();
        assertThat(result.getSubchannel()).isNull();
        assertThat(result.getStatus().isOk()).as("%s", result).isTrue();
        assertThat(result.isDrop()).isFalse();
    }

    private void assertFails(String text) {
        PickResult result = channel.pick();
        assertThat(result.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(result.getStatus().getDescription()).contains(text);
        assertThat(result.isDrop())
                .as("a call that waits for ready goes on waiting")
                .isFalse();
    }

    @Test
    void every_address_is_connected_to_once_and_calls_are_buffered_until_one_is_ready() {
        assertThat(addresses(A, B).isOk()).isTrue();

        assertThat(channel.open()).containsExactly(at(A), at(B));
        assertThat(to(A).asked()).isEqualTo(1);
        assertThat(to(B).asked()).isEqualTo(1);
        assertThat(channel.state()).isEqualTo(ConnectivityState.CONNECTING);
        assertBuffers();

        ready(A, B);
        assertThat(channel.state()).isEqualTo(ConnectivityState.READY);
        assertThat(channel.picked(4)).contains(at(A), at(B));
    }

    @Test
    void only_connections_that_are_ready_are_picked_and_a_new_picker_says_so_at_once() {
        addresses(A, B);
        ready(A, B);
        int before = channel.updates();

        to(A).is(ConnectivityState.IDLE);
        assertThat(channel.updates()).isGreaterThan(before);
        assertThat(channel.picked(10)).containsOnly(at(B));
        to(A).is(ConnectivityState.CONNECTING);
        assertThat(channel.picked(10)).containsOnly(at(B));
        to(A).fails("refused");
        assertThat(channel.picked(10)).containsOnly(at(B));
        assertThat(channel.state()).isEqualTo(ConnectivityState.READY);

        to(A).is(ConnectivityState.READY);
        assertThat(channel.picked(200)).contains(at(A), at(B));
    }

    @Test
    void a_connection_that_becomes_idle_is_asked_for_again_and_so_is_the_resolver() {
        addresses(A, B);
        ready(A, B);
        assertThat(channel.refreshes()).isZero();

        to(A).is(ConnectivityState.IDLE);
        assertThat(to(A).asked()).isEqualTo(2);
        assertThat(channel.refreshes()).isEqualTo(1);
        to(A).is(ConnectivityState.CONNECTING);
        to(A).fails("refused");
        assertThat(channel.refreshes()).isEqualTo(2);
        to(A).is(ConnectivityState.IDLE);
        assertThat(to(A).asked()).as("after gRPC's back-off").isEqualTo(3);
    }

    @Test
    void failure_stays_failure_while_connections_are_tried_again_until_one_is_ready() {
        addresses(A, B);
        for (Endpoint each : List.of(A, B)) {
            to(each).is(ConnectivityState.CONNECTING);
            to(each).fails("refused by " + each.host());
        }
        assertThat(channel.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        assertFails("none of its 2 endpoints can be connected to (first: 10.0.0.1:80, refused by 10.0.0.1)");

        for (int i = 0; i < 3; i++) {
            to(A).is(ConnectivityState.IDLE);
            to(A).is(ConnectivityState.CONNECTING);
            assertThat(channel.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
            to(A).fails("refused again");
        }
        assertFails("refused again");

        to(B).is(ConnectivityState.READY);
        assertThat(channel.state()).isEqualTo(ConnectivityState.READY);
        assertThat(channel.picked(5)).containsOnly(at(B));
    }

    @Test
    void what_the_channel_knows_it_is_not_told_again() {
        addresses(A, B);
        int updates = channel.updates();
        to(A).is(ConnectivityState.CONNECTING);
        to(B).is(ConnectivityState.CONNECTING);
        assertThat(channel.updates()).isEqualTo(updates);

        to(A).fails("refused");
        to(B).fails("refused");
        int failing = channel.updates();
        assertThat(failing).isEqualTo(updates + 1);
        to(A).fails("refused");
        assertThat(channel.updates()).isEqualTo(failing);
        to(A).fails("refused otherwise");
        assertThat(channel.updates()).isEqualTo(failing + 1);
        assertFails("refused otherwise");
    }

    @Test
    void who_is_connected_to_first_does_not_get_everything_before_the_others_have_had_a_moment() {
        addresses(A, B);
        to(A).is(ConnectivityState.CONNECTING);
        to(B).is(ConnectivityState.CONNECTING);
        to(A).is(ConnectivityState.READY);
        assertBuffers();

        clock.advance(Duration.ofMillis(100));
        assertThat(channel.picked(5)).containsOnly(at(A));
    }

    @Test
    void an_error_of_the_resolver_before_any_address_fails_calls_and_later_ones_change_nothing() {
        channel.run(() ->
                balancer.handleNameResolutionError(Status.UNAVAILABLE.withDescription("the resolver knows nothing")));
        assertThat(channel.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        assertFails("the resolver knows nothing");

        addresses(A);
        ready(A);
        int before = channel.updates();
        channel.run(() -> balancer.handleNameResolutionError(Status.UNAVAILABLE.withDescription("it is away")));
        assertThat(channel.updates()).isEqualTo(before);
        assertThat(channel.picked(3)).containsOnly(at(A));
    }

    @Test
    void an_empty_list_is_refused_with_its_reason_and_its_connections_end() {
        addresses(A, B);
        ready(A, B);

        Status said = addresses();

        assertThat(said.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(said.getDescription()).startsWith("NO_ENDPOINTS: k8s:///orders.shop:grpc: ");
        assertThat(channel.open()).isEmpty();
        assertThat(channel.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        assertFails("NO_ENDPOINTS");

        assertThat(addresses(B).isOk()).isTrue();
        assertThat(channel.state()).isEqualTo(ConnectivityState.CONNECTING);
        ready(B);
        assertThat(channel.picked(3)).containsOnly(at(B));
    }

    @Test
    void a_new_list_keeps_the_connections_of_those_that_stay_and_ends_those_of_the_others() {
        addresses(A, B);
        ready(A, B);
        RecordedChannel.Connection kept = to(B);

        addresses(B, C);

        assertThat(channel.open()).containsExactly(at(B), at(C));
        assertThat(to(B)).isSameAs(kept);
        assertThat(channel.made()).isEqualTo(3);
        assertThat(channel.picked(10)).containsOnly(at(B));
        ready(C);
        assertThat(channel.picked(200)).contains(at(B), at(C));
        addresses(C, B);
        assertThat(channel.made()).as("order does not matter").isEqualTo(3);
    }

    @Test
    void addresses_in_another_order_or_with_other_attributes_keep_their_connection() {
        Attributes.Key<String> told = Attributes.Key.create("told");
        SocketAddress other = new InetSocketAddress("10.0.0.9", 80);
        groups(List.of(new EquivalentAddressGroup(List.of(at(A), other), attributesOf(A))), A);
        to(A).is(ConnectivityState.READY);
        RecordedChannel.Connection connection = to(A);

        EquivalentAddressGroup turned = new EquivalentAddressGroup(
                List.of(other, at(A)),
                attributesOf(A).toBuilder().set(told, "something else").build());
        groups(List.of(turned), A);

        assertThat(channel.made()).isEqualTo(1);
        assertThat(channel.to(other)).isSameAs(connection);
        assertThat(connection.getAllAddresses()).containsExactly(turned);
        assertThat(channel.pick().getSubchannel().getAllAddresses()).containsExactly(turned);
    }

    private static Attributes attributesOf(Endpoint endpoint) {
        return Attributes.newBuilder().set(MeshBinding.ENDPOINT, endpoint).build();
    }

    @Test
    void an_address_that_is_given_twice_is_connected_to_once() {
        groups(List.of(Addresses.of(A), Addresses.of(B), Addresses.of(A)), A, B);

        assertThat(channel.made()).isEqualTo(2);
    }

    @Test
    void after_the_shutdown_connections_are_closed_and_whatever_still_comes_is_not_answered() {
        addresses(A, B);
        ready(A, B);
        RecordedChannel.Connection late = to(A);
        channel.run(balancer::shutdown);
        assertThat(channel.open()).isEmpty();
        int before = channel.updates();

        late.is(ConnectivityState.IDLE);
        late.fails("too late");
        late.is(ConnectivityState.READY);
        clock.advance(Duration.ofMinutes(10));

        assertThat(channel.updates()).isEqualTo(before);
        assertThat(channel.open()).isEmpty();
        assertThat(late.asked()).isEqualTo(1);
    }

    @Test
    void a_channel_that_asks_for_connections_has_them_already() {
        addresses(A);

        channel.run(balancer::requestConnection);

        assertThat(channel.made()).isEqualTo(1);
        assertThat(to(A).asked()).isEqualTo(1);
    }
}
