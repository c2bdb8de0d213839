package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.api.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** A gRPC server on a loopback port that counts its calls and answers each by a script. */
final class TestBackend {
    static final MethodDescriptor<String, String> IDEMPOTENT = method("idempotent", true);
    static final MethodDescriptor<String, String> UNSAFE = method("unsafe", false);
    static final MethodDescriptor<String, String> STREAM = method("stream", false).toBuilder()
            .setType(MethodType.SERVER_STREAMING)
            .build();
    static final MethodDescriptor<String, String> CONVERSATION = method("conversation", false).toBuilder()
            .setType(MethodType.BIDI_STREAMING)
            .build();

    private final Server server;
    private final int port;
    private final AtomicInteger calls;
    private final Accepted connections;

    private TestBackend(Server server, AtomicInteger calls, Accepted connections) {
        this.server = server;
        this.port = server.getPort();
        this.calls = calls;
        this.connections = connections;
    }

    /** Counts connections that are open, and all there ever were. */
    private static final class Accepted extends ServerTransportFilter {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger ever = new AtomicInteger();

        @Override
        public Attributes transportReady(Attributes attributes) {
            open.incrementAndGet();
            ever.incrementAndGet();
            return attributes;
        }

        @Override
        public void transportTerminated(Attributes attributes) {
            open.decrementAndGet();
        }
    }

    /** Answers at once. */
    static TestBackend start() throws IOException {
        return start((request, answer) -> {
            answer.onNext(request);
            answer.onCompleted();
        });
    }

    /** Answers as told, on a thread of the server. */
    static TestBackend start(BiConsumer<String, StreamObserver<String>> script) throws IOException {
        return start(0, script, builder -> builder);
    }

    /** The same on that port, or on any for 0, with more on the server. */
    static TestBackend start(
            int wanted, BiConsumer<String, StreamObserver<String>> script, UnaryOperator<NettyServerBuilder> more)
            throws IOException {
        AtomicInteger calls = new AtomicInteger();
        ServerCalls.UnaryMethod<String, String> method = (request, answer) -> {
            calls.incrementAndGet();
            script.accept(request, answer);
        };
        Accepted connections = new Accepted();
        Server server = more.apply(
                        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted)))
                .addService(ServerServiceDefinition.builder("test.Orders")
                        .addMethod(IDEMPOTENT, ServerCalls.asyncUnaryCall(method))
                        .addMethod(UNSAFE, ServerCalls.asyncUnaryCall(method))
                        .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(method::invoke))
                        .addMethod(CONVERSATION, ServerCalls.asyncBidiStreamingCall(answer -> each(method, answer)))
                        .build())
                .addTransportFilter(connections)
                .build()
                .start();
        return new TestBackend(server, calls, connections);
    }

    /** Lets the script answer each message. */
    private static StreamObserver<String> each(
            ServerCalls.UnaryMethod<String, String> method, StreamObserver<String> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                method.invoke(message, answer);
            }

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    Endpoint endpoint() {
        return Endpoint.of("127.0.0.1", port);
    }

    int calls() {
        return calls.get();
    }

    /** How many are open now. */
    int connections() {
        return connections.open.get();
    }

    /** How many there ever were. */
    int connectionsEver() {
        return connections.ever.get();
    }

    /** Ends its connections: once this has returned, no call that follows is served here. */
    void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the server on port " + port + " still has connections after 10 seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static MethodDescriptor<String, String> method(String name, boolean idempotent) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName("test.Orders/" + name)
                .setIdempotent(idempotent)
                .setRequestMarshaller(Text.UTF_8)
                .setResponseMarshaller(Text.UTF_8)
                .build();
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
