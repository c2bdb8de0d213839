package io.inmesh.samples.benchmarks.grpc;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.grpc.MeshChannels;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A channel to the servers, and the calls it is measured by.
 *
 * @param name for people
 * @param channel to all servers
 * @param method what is called
 */
record Contender(String name, ManagedChannel channel, MethodDescriptor<byte[], byte[]> method) {
    static final String WITH_RETRIES = " with retries";

    /** A policy of gRPC's. A channel without a retry policy still repeats by itself what a server is known not to have seen. */
    static Contender grpc(String policy) {
        return new Contender(
                policy,
                builder(ListedAddresses.SCHEME + ":///all")
                        .defaultLoadBalancingPolicy(policy)
                        .build(),
                Echo.UNSAFE);
    }

    /** The same with as many attempts as ours has. */
    static Contender grpcWithRetries(String policy) {
        Map<String, ?> retries = Map.of(
                "maxAttempts",
                3.0,
                "initialBackoff",
                "0.025s",
                "maxBackoff",
                "0.025s",
                "backoffMultiplier",
                1.0,
                "retryableStatusCodes",
                List.of("UNAVAILABLE"));
        return new Contender(
                policy + WITH_RETRIES,
                builder(ListedAddresses.SCHEME + ":///all")
                        .defaultLoadBalancingPolicy(policy)
                        .defaultServiceConfig(Map.of(
                                "methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retries))))
                        .build(),
                Echo.SAFE);
    }

    /** Ours, by that policy, chosen by a service config of the user's own: nothing of ours but the policy has a part in a call. */
    static Contender policyAlone(Mesh mesh, List<InetSocketAddress> servers, String policy) {
        Map<String, ?> config = Map.of("loadBalancingConfig", List.of(Map.of("inmesh", Map.of("policy", policy))));
        return new Contender(
                "inmesh " + policy + " alone",
                builder(target(servers, ""))
                        .setNameResolverArg(MeshChannels.MESH, mesh)
                        .disableServiceConfigLookUp()
                        .defaultServiceConfig(config)
                        .build(),
                Echo.UNSAFE);
    }

    /** Ours, by that policy, whose calls are sent once. */
    static Contender inmesh(Mesh mesh, List<InetSocketAddress> servers, String policy) {
        return new Contender(
                "inmesh " + policy,
                builder(target(servers, "policy=" + policy + "&retry.attempts=1"))
                        .setNameResolverArg(MeshChannels.MESH, mesh)
                        .build(),
                Echo.UNSAFE);
    }

    /** Ours, by that policy, whose calls may be sent again. */
    static Contender inmeshWithRetries(Mesh mesh, List<InetSocketAddress> servers, String policy) {
        return new Contender(
                "inmesh " + policy + WITH_RETRIES,
                builder(target(servers, "policy=" + policy))
                        .setNameResolverArg(MeshChannels.MESH, mesh)
                        .build(),
                Echo.SAFE);
    }

    private static String target(List<InetSocketAddress> servers, String settings) {
        return "static:///"
                + servers.stream()
                        .map(server -> server.getAddress().getHostAddress() + ":" + server.getPort())
                        .collect(Collectors.joining(","))
                + (settings.isEmpty() ? "" : "?" + settings);
    }

    private static ManagedChannelBuilder<?> builder(String target) {
        return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create());
    }
}
