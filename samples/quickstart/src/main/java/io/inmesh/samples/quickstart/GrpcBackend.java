package io.inmesh.samples.quickstart;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The gRPC server of a pod. */
final class GrpcBackend implements Backend {
    private static final long LONGEST_STOP_MILLIS = 5_000;

    private final Work work;
    private final LongAdder started = new LongAdder();

    // Of its own: closing it closes this pod's sockets and no others.
    private final EventLoopGroup sockets = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Server server;

    GrpcBackend(InetAddress address, Work work) throws IOException {
        this.work = work;
        ServerServiceDefinition orders = ServerServiceDefinition.builder(OrdersApi.GRPC_SERVICE)
                .addMethod(OrdersApi.FIND, ServerCalls.asyncUnaryCall(this::serve))
                .addMethod(OrdersApi.PLACE, ServerCalls.asyncUnaryCall(this::serve))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
                .bossEventLoopGroup(sockets)
                .workerEventLoopGroup(sockets)
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                .addService(orders)
                .build()
                .start();
    }

    private void serve(String order, StreamObserver<String> answer) {
        started.increment();
        work.thenAnswer(() -> answer(answer));
    }

    private void answer(StreamObserver<String> answer) {
        try {
            answer.onNext(work.podName());
            answer.onCompleted();
        } catch (RejectedExecutionException e) {
            if (!sockets.isShuttingDown()) {
                throw e;
            }
            // This pod was killed meanwhile: the client counts the call, here nothing is left to do.
        }
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public long started() {
        return started.sum();
    }

    @Override
    public void stop() {
        server.shutdown();
        try {
            server.awaitTermination(LONGEST_STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeSockets();
    }

    /** Not {@code shutdownNow}, which would reset every stream with a word of farewell. */
    @Override
    public void kill() {
        closeSockets();
    }

    /** A quiet period of 0 would not do: a busy loop may then end before it has closed anything. */
    private void closeSockets() {
        sockets.shutdownGracefully(1, LONGEST_STOP_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LONGEST_STOP_MILLIS, TimeUnit.MILLISECONDS);
    }
}
