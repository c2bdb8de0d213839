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
import java.util.concurrent.TimeUnit;

/** A real gRPC server that plays a pod: answers its own name. */
final class GrpcPod implements AutoCloseable {
    private static final MethodDescriptor<String, String> NAME = MethodDescriptor.<String, String>newBuilder(
                    Text.UTF_8, Text.UTF_8)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("shop.Orders/Name")
            .build();

    private final String address;
    private final Server server;

    private GrpcPod(String address, Server server) {
        this.address = address;
        this.server = server;
    }

    /** Starts one on an address of its own, 127.0.0.NUMBER. */
    static GrpcPod start(int number) {
        String address = "127.0.0." + number;
        try {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
                    .addService(ServerServiceDefinition.builder("shop.Orders")
                            .addMethod(NAME, ServerCalls.asyncUnaryCall((request, answer) -> {
                                answer.onNext("pod-" + number);
                                answer.onCompleted();
                            }))
                            .build())
                    .build()
                    .start();
            return new GrpcPod(address, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks whoever is reached over that channel for his name. */
    static String nameOf(Channel channel) {
        return ClientCalls.blockingUnaryCall(
                channel, NAME, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), "who?");
    }

    String address() {
        return address;
    }

    int port() {
        return server.getPort();
    }

    Endpoint endpoint() {
        return Endpoint.of(address, port());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private enum Text implements MethodDescriptor.Marshaller<String> {
        UTF_8;

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
