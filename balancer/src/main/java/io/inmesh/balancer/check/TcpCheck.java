package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;

/** Well is who accepts a connection. It is closed at once, without a byte; servers may log that. */
final class TcpCheck implements Check {

    @Override
    public CompletableFuture<Void> ask(Endpoint endpoint) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
        if (address.isUnresolved()) {
            answer.completeExceptionally(new NotWellException("host " + endpoint.host() + " is unknown"));
            return answer;
        }
        try {
            AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
            Object unused = answer.whenComplete((nothing, failure) -> close(channel));
            channel.connect(address, answer, new Connecting());
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private static void close(AsynchronousSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection that was only to be closed could not be", e);
        }
    }

    private static final class Connecting implements CompletionHandler<Void, CompletableFuture<Void>> {
        @Override
        public void completed(Void nothing, CompletableFuture<Void> answer) {
            answer.complete(null);
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<Void> answer) {
            answer.completeExceptionally(failure);
        }
    }
}
