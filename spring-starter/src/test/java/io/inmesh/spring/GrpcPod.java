package io.inmesh.spring;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.inmesh.api.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A real gRPC server that plays a pod: answers its own name. */
final class GrpcPod implements AutoCloseable {
    private static final MethodDescriptor<String, String> NAME = MethodDescriptor.<String, String>newBuilder(
                    Text.INSTANCE, Text.INSTANCE)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("shop.Pods/Name")
            .setSafe(true)
            .build();

    private final String host;
    private final Server server;

    private GrpcPod(String host, Server server) {
        this.host = host;
        this.server = server;
    }

    /** Starts one on an address of its own, 127.0.0.NUMBER. */
    static GrpcPod start(int number) {
        String host = "127.0.0." + number;
        try {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
                    .addService(ServerServiceDefinition.builder("shop.Pods")
                            .addMethod(NAME, ServerCalls.asyncUnaryCall((request, answer) -> {
                                answer.onNext("pod-" + number);
                                answer.onCompleted();
                            }))
                            .build())
                    .build()
                    .start();
            return new GrpcPod(host, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the pod that a call reaches. */
    static String reachedBy(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, NAME, CallOptions.DEFAULT, "");
    }

    Endpoint endpoint() {
        return Endpoint.of(host, server.getPort());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** Texts as messages. */
    private enum Text implements MethodDescriptor.Marshaller<String> {
        INSTANCE;

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
