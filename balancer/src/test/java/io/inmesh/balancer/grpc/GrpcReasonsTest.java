package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every reason reaches a call as UNAVAILABLE with its own text (rule S-11). */
class GrpcReasonsTest {
    private final GrpcDoor door = new GrpcDoor(builder -> builder.startupWait(Duration.ofMillis(50)));

    @AfterEach
    void close() {
        door.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"FORBIDDEN", "NOT_FOUND", "NO_SUCH_PORT", "AMBIGUOUS_PORT", "UNREACHABLE", "BAD_ALIAS"})
    void what_the_resolver_says_is_what_the_call_fails_with(Reason reason) {
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(reason, "orders in namespace shop: do this"));

        assertUnavailable(door.channel(GrpcDoor.ORDERS), reason + ": orders in namespace shop: do this");
    }

    @Test
    void an_empty_set_is_no_endpoints() {
        door.publish();

        assertUnavailable(door.channel(GrpcDoor.ORDERS), "NO_ENDPOINTS: ");
    }

    @Test
    void a_source_that_does_not_answer_fails_calls_once_the_startup_wait_is_over() {
        assertUnavailable(door.channel(GrpcDoor.ORDERS), "NOT_SYNCED: k8s:///orders.shop:grpc");
    }

    @Test
    void the_text_of_a_source_that_cannot_be_reached_is_passed_on() {
        door.cluster.say(
                GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "the API at https://example does not answer"));

        assertUnavailable(door.channel(GrpcDoor.ORDERS), "the API at https://example does not answer");
    }

    @Test
    void a_call_that_waits_for_ready_waits_through_every_reason_until_there_are_endpoints() throws Exception {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        assertUnavailable(channel, "NOT_SYNCED");
        CompletableFuture<Status> waiting =
                Calls.begin(channel.newCall(TestBackend.UNSAFE, CallOptions.DEFAULT.withWaitForReady()));

        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_FOUND, "no such service"));
        assertUnavailable(channel, "NOT_FOUND");
        door.publish();
        assertUnavailable(channel, "NO_ENDPOINTS");
        assertThat(waiting).isNotDone();
        door.publish(List.of(door.backend()));

        assertThat(waiting.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void a_source_that_goes_away_empties_nothing_and_a_deleted_service_does() throws Exception {
        door.publish(door.backends(2));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "down"));
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.FORBIDDEN, "no"));
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_FOUND, "gone"));

        assertUnavailable(channel, "NOT_FOUND: gone");
    }

    @Test
    void gone_reaches_grpcs_own_policies_as_text_too() {
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp()
                .defaultLoadBalancingPolicy("round_robin"));

        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_FOUND, "orders does not exist"));

        assertUnavailable(channel, "orders does not exist");
    }

    @Test
    void a_mesh_that_is_closed_under_its_channels_ends_their_calls_whether_or_not_they_wait() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);
        ManagedChannel idle = door.channel(GrpcDoor.ORDERS);

        door.mesh.close();

        for (ManagedChannel each : List.of(channel, idle)) {
            for (CallOptions options : List.of(CallOptions.DEFAULT, CallOptions.DEFAULT.withWaitForReady())) {
                Status end =
                        Calls.begin(each.newCall(TestBackend.UNSAFE, options)).get(20, TimeUnit.SECONDS);
                assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                assertThat(end.getDescription())
                        .contains("CLOSED: k8s:///orders.shop:grpc: the mesh of this channel was closed");
            }
        }
        ManagedChannel late = door.channel(GrpcDoor.ORDERS);
        assertUnavailable(late, "CLOSED: k8s:///orders.shop:grpc");
        channel.enterIdle();
        assertUnavailable(channel, "CLOSED: k8s:///orders.shop:grpc");
    }

    @Test
    void a_mesh_that_is_closed_before_its_channel_does_not_hold_up_the_channels_end() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        door.mesh.close();
        assertUnavailable(channel, "CLOSED: k8s:///orders.shop:grpc");
        channel.shutdown();

        // gRPC keeps connections that are ended before the channel is shut down for five seconds.
        assertThat(channel.awaitTermination(4, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void an_unknown_policy_or_setting_fails_when_the_channel_is_built() {
        assertThatThrownBy(() -> door.channel(GrpcDoor.ORDERS + "?policy=round-robbin"))
                .hasMessageContaining("policy 'round-robbin' is unknown, did you mean 'round-robin'?");
        assertThatThrownBy(() -> door.channel(GrpcDoor.ORDERS + "?polcy=random"))
                .hasMessageContaining("setting 'polcy' is unknown, did you mean 'policy'?");
        assertThatThrownBy(() -> door.channel("k8s:///a.b.c:grpc")).hasMessageContaining("accepted:");
    }

    @Test
    void a_typo_in_a_service_configs_json_is_named_where_it_is_written() {
        assertThat(ownConfig(Map.of("polcy", "random")))
                .contains("policy inmesh: setting 'polcy' is unknown, did you mean 'policy'? (valid: affinity.mode, ");
        assertThat(ownConfig(Map.of("policy", "randm")))
                .contains(
                        "policy inmesh: policy 'randm' is unknown, did you mean 'random'? (valid: destination-hash, ");
        assertThat(ownConfig(Map.of("eject", Map.of("intervall", "10s"))))
                .contains("policy inmesh: setting 'eject.intervall' is unknown, did you mean 'eject.interval'?");
        assertThat(ownConfig(Map.of("eject", Map.of("interval", "ten seconds"))))
                .contains("policy inmesh: eject.interval: 'ten seconds' (expected: ");
        assertThat(ownConfig(Map.of("power-of-two", Map.of("choices", 1.5))))
                .contains("policy inmesh: power-of-two.choices: '1.5' (expected: ");
    }

    /** What building a channel says of that configuration of ours in a service config of the user's own. */
    private String ownConfig(Map<String, ?> settings) {
        Map<String, ?> config = Map.of("loadBalancingConfig", List.of(Map.of("inmesh", settings)));
        Throwable refused = catchThrowable(() -> door.channel(
                GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp().defaultServiceConfig(config)));
        assertThat(refused).isNotNull();
        return String.valueOf(refused.getMessage());
    }

    @Test
    void an_unreachable_pod_is_named_with_its_address() throws Exception {
        TestBackend dead = TestBackend.start();
        dead.close();
        door.publish(List.of(dead));

        assertUnavailable(
                door.channel(GrpcDoor.ORDERS),
                "none of its 1 endpoints can be connected to (first: "
                        + dead.endpoint().address());
    }

    @Test
    void surroundings_that_do_not_allow_a_watch_yet_fail_calls_with_what_is_missing_until_it_is_there()
            throws Exception {
        AtomicBoolean present = new AtomicBoolean();
        door.publish(List.of(door.backend()));
        ResolverProvider needy = new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                if (!present.get()) {
                    throw new IllegalStateException("no kubeconfig was found at x (expected: one there; make it)");
                }
                return door.cluster.newResolver(target, context);
            }
        };
        try (Mesh mesh = Mesh.builder().resolvers(needy).build()) {
            ManagedChannel channel =
                    door.channel(GrpcDoor.ORDERS, builder -> builder.setNameResolverArg(MeshChannels.MESH, mesh));
            assertUnavailable(channel, "no kubeconfig was found at x (expected: one there; make it)");

            present.set(true);
            await().atMost(Duration.ofSeconds(30))
                    .ignoreException(StatusRuntimeException.class)
                    .untilAsserted(() -> GrpcDoor.call(channel, TestBackend.UNSAFE));
            channel.shutdownNow();
        }
    }

    @Test
    void a_target_that_can_never_be_resolved_fails_when_the_channel_is_built() {
        ResolverProvider never = new ResolverProvider() {
            @Override
            public String scheme() {
                return "k8s";
            }

            @Override
            public Resolver newResolver(Target target, Context context) {
                throw new InvalidTargetException("pods by selector are not served");
            }
        };
        try (Mesh mesh = Mesh.builder().resolvers(never).build()) {
            assertThatThrownBy(() -> door.channel(
                            GrpcDoor.ORDERS, builder -> builder.setNameResolverArg(MeshChannels.MESH, mesh)))
                    .hasMessageContaining("pods by selector are not served");
        }
    }

    @Test
    void an_idle_channel_knows_its_endpoints_when_it_wakes_up_while_the_source_is_away() throws Exception {
        door.publish(door.backends(1));
        ManagedChannel channel = door.channel(GrpcDoor.ORDERS);
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        channel.enterIdle();
        door.cluster.say(GrpcDoor.ORDERS, new Unresolved(Reason.NOT_SYNCED, "the API is away"));
        GrpcDoor.call(channel, TestBackend.UNSAFE);

        assertThat(door.cluster.resolvers()).isEqualTo(1);
    }

    /** The channel hears of a change a moment after it was published, so an earlier answer may come first. */
    private static void assertUnavailable(ManagedChannel channel, String text) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(20));
        await().untilAsserted(() -> assertThatThrownBy(() -> GrpcDoor.call(channel, TestBackend.UNSAFE, options))
                .isInstanceOfSatisfying(StatusRuntimeException.class, error -> {
                    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    assertThat(error.getStatus().getDescription()).contains(text);
                }));
    }
}
