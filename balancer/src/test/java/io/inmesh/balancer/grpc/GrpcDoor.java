package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.state.EndpointStates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the tests of the gRPC door have in common: a fake cluster, a mesh on it, backends and channels, all closed at the end. */
final class GrpcDoor {
    static final String ORDERS = "k8s:///orders.shop:grpc";

    /** Its service port, which is not what the target alone would say: as with Services of Kubernetes. */
    static final ServiceKey KEY = new ServiceKey("k8s", "shop", "orders", "grpc", Protocol.TCP);

    final FakeEndpoints cluster = new FakeEndpoints("k8s");
    final Mesh mesh;
    private final List<Runnable> atEnd = new ArrayList<>();

    GrpcDoor() {
        this(builder -> builder);
    }

    GrpcDoor(UnaryOperator<MeshBuilder> more) {
        mesh = more.apply(Mesh.builder().resolvers(cluster)).build();
    }

    TestBackend backend() throws IOException {
        return closedAtEnd(TestBackend.start());
    }

    TestBackend closedAtEnd(TestBackend backend) {
        atEnd.add(backend::close);
        return backend;
    }

    List<TestBackend> backends(int count) throws IOException {
        List<TestBackend> backends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            backends.add(backend());
        }
        return backends;
    }

    void publish(List<TestBackend> backends) {
        publish(backends, Map.of());
    }

    /** The same, of a service with such annotations. */
    void publish(List<TestBackend> backends, Map<String, String> annotations) {
        ServiceFacts facts = ServiceFacts.of(KEY).withAnnotations(annotations);
        cluster.publish(
                ORDERS, facts, backends.stream().map(TestBackend::endpoint).toList());
    }

    void publish(Endpoint... endpoints) {
        cluster.publish(ORDERS, ServiceFacts.of(KEY), List.of(endpoints));
    }

    ManagedChannel channel(String target) {
        return channel(target, builder -> builder);
    }

    ManagedChannel channel(String target, UnaryOperator<ManagedChannelBuilder<?>> more) {
        return channel(Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()), more);
    }

    ManagedChannel channel(ManagedChannelBuilder<?> builder, UnaryOperator<ManagedChannelBuilder<?>> more) {
        ManagedChannel channel =
                more.apply(builder.setNameResolverArg(MeshChannels.MESH, mesh)).build();
        atEnd.add(channel::shutdownNow);
        return channel;
    }

    static String call(ManagedChannel channel, MethodDescriptor<String, String> method) {
        return call(channel, method, CallOptions.DEFAULT);
    }

    static String call(ManagedChannel channel, MethodDescriptor<String, String> method, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, method, options, "hello");
    }

    /** How a call ends that may fail. */
    static Status failureOf(ManagedChannel channel, MethodDescriptor<String, String> method) {
        try {
            call(channel, method);
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    /** How many attempts run, on whatever endpoints. */
    int running() {
        return mesh.engine().states().all().stream()
                .mapToInt(EndpointStates::running)
                .sum();
    }

    void close() {
        for (int i = atEnd.size() - 1; i >= 0; i--) {
            atEnd.get(i).run();
        }
        mesh.close();
    }
}
