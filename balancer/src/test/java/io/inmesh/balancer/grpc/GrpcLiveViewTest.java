package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** People see a channel among the balancers of its mesh, from its beginning to its end. */
class GrpcLiveViewTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final GrpcDoor door = new GrpcDoor();

    @AfterEach
    void close() {
        door.close();
        assertThat(door.mesh.snapshots()).isEmpty();
    }

    private LoadBalancer.Snapshot shown() {
        return door.mesh.snapshots().get(0);
    }

    private LoadBalancer.Snapshot awaited(Predicate<LoadBalancer.Snapshot> wanted) {
        return await().atMost(LIMIT).until(this::shown, wanted);
    }

    private static boolean allAre(EndpointView.Connection connection, LoadBalancer.Snapshot shown) {
        return shown.endpoints().stream().allMatch(each -> each.connection() == connection);
    }

    @Test
    void a_channel_is_shown_with_its_endpoints_its_settings_and_its_watch() throws Exception {
        door.publish(door.backends(2), Map.of("eject.consecutive", "7"));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=round-robin");
        LoadBalancer.Snapshot unused = shown();
        assertThat(unused.endpoints()).hasSize(2);
        assertThat(unused.rejection()).isNull();
        assertThat(unused.endpoints()).extracting(EndpointView::connection).containsOnly(EndpointView.Connection.NONE);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        LoadBalancer.Snapshot shown =
                awaited(now -> now.rejection() == null && allAre(EndpointView.Connection.READY, now));
        assertThat(shown.target()).hasToString(GrpcDoor.ORDERS + "?policy=round-robin");
        assertThat(shown.policy()).isEqualTo("round-robin");
        assertThat(shown.policySource()).isEqualTo("code");
        assertThat(shown.settings()).containsEntry("eject.consecutive", new LoadBalancer.Setting("7", "annotation"));
        assertThat(shown.endpoints()).hasSize(2);
        assertThat(shown.endpoints()).allSatisfy(each -> {
            assertThat(each.inFlight()).isZero();
            assertThat(each.weight()).isEqualTo(1);
            assertThat(each.verdict()).isEqualTo(Verdict.HEALTHY);
        });
        assertThat(shown.set()).isNotNull();
    }

    @Test
    void each_channel_is_shown_until_it_is_shut_down() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel first = door.channel(GrpcDoor.ORDERS);
        ManagedChannel second = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(first, TestBackend.UNSAFE);
        assertThat(door.mesh.snapshots()).hasSize(2);
        first.shutdownNow();
        await().atMost(LIMIT).until(() -> door.mesh.snapshots().size() == 1);
        second.shutdownNow();
        await().atMost(LIMIT).until(() -> door.mesh.snapshots().isEmpty());
    }

    @Test
    void an_idle_channel_shows_what_is_known_and_what_the_application_says_meanwhile() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        for (String policy : List.of("random", "round-robin")) {
            GrpcDoor.call(channel, TestBackend.UNSAFE);
            awaited(now -> allAre(EndpointView.Connection.READY, now));
            channel.enterIdle();
            LoadBalancer.Snapshot idle = awaited(now -> allAre(EndpointView.Connection.NONE, now));
            assertThat(door.mesh.snapshots()).hasSize(1);
            assertThat(idle.endpoints()).hasSize(1);
            assertThat(idle.rejection()).isNull();
            assertThatThrownBy(idle.endpoints().get(0)::begin)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("a gRPC channel's view of an endpoint begins no request");
            door.mesh.configure(Map.of("policy", policy), Map.of());
            LoadBalancer.Snapshot told = awaited(now -> now.policy().equals(policy));
            assertThat(told.policySource()).isEqualTo("application default");
        }
    }

    @Test
    void a_channel_says_why_calls_get_no_endpoint() throws Exception {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        assertThat(reason(shown())).isEqualTo(Reason.NOT_SYNCED);
        TestBackend backend = door.backend();
        door.publish(List.of(backend));
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        assertThat(awaited(now -> now.set() != null).rejection()).isNull();
        backend.close();
        LoadBalancer.Snapshot gone = awaited(now -> now.rejection() != null);
        assertThat(gone.rejection()).asString().contains("none of its 1 endpoints can be connected to");
        assertThat(reason(gone)).isEqualTo(Reason.ALL_EJECTED);
        assertThat(gone.endpoints().get(0).connection()).isEqualTo(EndpointView.Connection.FAILED);
        assertThat(gone.endpoints().get(0).verdict().kind()).isEqualTo(Verdict.Kind.UNREACHABLE);
        door.publish(List.of());
        awaited(now -> reason(now) == Reason.NO_ENDPOINTS);
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_FOUND, "no such service"));
        LoadBalancer.Snapshot unknown = awaited(now -> reason(now) == Reason.NOT_FOUND);
        assertThat(unknown.set()).isNull();
        assertThat(unknown.endpoints()).isEmpty();
    }

    private static @Nullable Reason reason(LoadBalancer.Snapshot snapshot) {
        Rejection rejection = snapshot.rejection();
        return rejection == null ? null : rejection.reason();
    }

    @Test
    void a_service_config_of_the_applications_own_is_shown_as_code() throws Exception {
        door.publish(door.backends(1), Map.of("policy", "least-connection"));
        Map<String, ?> own = Map.of("loadBalancingConfig", List.of(Map.of("inmesh", Map.of("policy", "random"))));
        ManagedChannel channel = door.channel(
                GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp().defaultServiceConfig(own));
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        LoadBalancer.Snapshot shown = awaited(now -> now.policy().equals("random"));
        assertThat(shown.policySource()).isEqualTo("code");
        assertThat(shown.settings()).containsEntry("policy", new LoadBalancer.Setting("random", "code"));
    }
}
