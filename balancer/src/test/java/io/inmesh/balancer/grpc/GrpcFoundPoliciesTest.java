package io.inmesh.balancer.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.find.ContextLoader;
import io.inmesh.balancer.find.HighestAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's policy reaches a channel whichever threads see its class, and where it does not, calls say so. */
@SuppressWarnings("try") // What is opened is there for its time alone.
class GrpcFoundPoliciesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private GrpcDoor doorThatKnows() throws IOException {
        try (ContextLoader unused = ContextLoader.with(folder, PickerFactory.class, HighestAddress.class)) {
            return new GrpcDoor();
        }
    }

    @Test
    void a_policy_that_only_the_mesh_knows_serves_its_channels() throws Exception {
        GrpcDoor door = doorThatKnows();
        try {
            List<TestBackend> backends = door.backends(2);
            door.publish(backends);
            ManagedChannel channel = door.channel(GrpcDoor.ORDERS + "?policy=highest-address");
            for (int i = 0; i < 5; i++) {
                GrpcDoor.call(channel, TestBackend.UNSAFE);
            }
            assertThat(backends).extracting(TestBackend::calls).contains(5);
        } finally {
            door.close();
        }
    }

    @Test
    void a_policy_that_the_mesh_does_not_know_fails_calls_with_its_name_and_the_channel_lives_on() throws Exception {
        GrpcDoor door = new GrpcDoor();
        try {
            door.publish(door.backends(1));
            ManagedChannel channel = channelThatKnows(door);

            Status end = GrpcDoor.failureOf(channel, TestBackend.UNSAFE);
            assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(end.getDescription()).contains("policy 'highest-address' is unknown");
        } finally {
            door.close();
        }
    }

    /** Its own registry's policy was made by a thread that sees more. */
    private ManagedChannel channelThatKnows(GrpcDoor door) throws IOException {
        try (ContextLoader unused = ContextLoader.with(folder, PickerFactory.class, HighestAddress.class)) {
            LoadBalancerProvider seeing = new Preferred(new InmeshPolicy());
            LoadBalancerRegistry.getDefaultRegistry().register(seeing);
            try {
                return door.channel(GrpcDoor.ORDERS, builder -> builder.disableServiceConfigLookUp()
                        .defaultServiceConfig(Map.of(
                                "loadBalancingConfig",
                                List.of(Map.of(InmeshPolicy.NAME, Map.of("policy", "highest-address"))))));
            } finally {
                LoadBalancerRegistry.getDefaultRegistry().deregister(seeing);
            }
        }
    }

    /** In the place of the one that gRPC has found. */
    private static final class Preferred extends LoadBalancerProvider {
        private final LoadBalancerProvider policy;

        private Preferred(LoadBalancerProvider policy) {
            this.policy = policy;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int getPriority() {
            return policy.getPriority() + 1;
        }

        @Override
        public String getPolicyName() {
            return policy.getPolicyName();
        }

        @Override
        public NameResolver.ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> json) {
            return policy.parseLoadBalancingPolicyConfig(json);
        }

        @Override
        public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
            return policy.newLoadBalancer(helper);
        }
    }
}
