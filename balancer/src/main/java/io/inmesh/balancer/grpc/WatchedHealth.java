package io.inmesh.balancer.grpc;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.inmesh.balancer.config.CheckConfig;
import java.util.Map;

/**
 * gRPC's own way to hear whether endpoints are well (gRFC A17): by a stream over the channel's connection to each, with its credentials. A connection whose
 * server does not serve counts as one that cannot be made. For channels whose service config asks for it, which ours does for {@code check.mode = grpc}.
 */
final class WatchedHealth {
    private static final boolean THERE = isLoaded();

    private WatchedHealth() {}

    private static boolean isLoaded() {
        try {
            return HealthCheckingLoadBalancerUtil.class.getName() != null;
        } catch (LinkageError absent) {
            return false;
        }
    }

    /** A policy for a channel with that helper. */
    static LoadBalancer policyFor(Helper helper) {
        return THERE ? Watching.policyFor(helper) : new InmeshLoadBalancer(helper);
    }

    /** Of a channel that asks for that: what a service config says. */
    static Map<String, ?> serviceConfig(CheckConfig check) {
        return THERE && check.mode() == CheckConfig.Mode.GRPC
                ? Map.of("healthCheckConfig", Map.of("serviceName", check.service()))
                : Map.of();
    }

    /** True if the channel's connections tell how their servers are: then they need not be asked besides. */
    static boolean isWatched(ResolvedAddresses addresses, CheckConfig check) {
        return THERE
                && check.mode() == CheckConfig.Mode.GRPC
                && addresses.getAttributes().get(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG) != null;
    }

    /** What needs {@code grpc-services}. */
    private static final class Watching {
        static LoadBalancer policyFor(Helper helper) {
            return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(
                    new LoadBalancer.Factory() {
                        @Override
                        public LoadBalancer newLoadBalancer(Helper watching) {
                            return new InmeshLoadBalancer(new Connecting(helper, watching));
                        }
                    },
                    helper);
        }
    }

    /** Only connections are gRPC's affair: its picker would make a new result for each pick. */
    private static final class Connecting extends ForwardingLoadBalancerHelper {
        private final Helper helper;
        private final Helper watching;

        private Connecting(Helper helper, Helper watching) {
            this.helper = helper;
            this.watching = watching;
        }

        @Override
        protected Helper delegate() {
            return helper;
        }

        @Override
        public Subchannel createSubchannel(CreateSubchannelArgs args) {
            return watching.createSubchannel(args);
        }
    }
}
