package io.inmesh.samples.quickstart;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Safety;
import io.inmesh.balancer.grpc.MeshChannels;
import java.util.concurrent.TimeUnit;

/** The gRPC door: the target string is all there is to it. */
final class GrpcOrders implements OrdersClient, AutoCloseable {
    static final String TARGET = "k8s:///orders.shop:grpc";
    private static final long DEADLINE_SECONDS = 5;

    private final ManagedChannel channel;

    /** The mesh is named only because it is led to the embedded API; an application's channels find theirs. */
    GrpcOrders(Mesh mesh) {
        channel = Grpc.newChannelBuilder(TARGET, InsecureChannelCredentials.create())
                .setNameResolverArg(MeshChannels.MESH, mesh)
                .build();
    }

    @Override
    public Door door() {
        return Door.GRPC;
    }

    @Override
    public String call(Safety safety) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        return ClientCalls.blockingUnaryCall(channel, OrdersApi.grpcMethod(safety), options, "order 1");
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
