package io.inmesh.balancer.check;

import io.inmesh.api.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;

/**
 * Well is who accepts a connection. It is closed at once, without a byte; servers may log that. The time that a name takes to be looked up is part of the
 * question's.
 */
final class TcpCheck implements Check {
    /** What need not be looked up. */
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|.*:.*");

    private final Executor blocking;

    /** Looks names up on threads of that. */
    TcpCheck(Executor blocking) {
        this.blocking = blocking;
    }

    @Override
    public CompletableFuture<Void> ask(Endpoint endpoint) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (LITERAL.matcher(endpoint.host()).matches()) {
            connect(endpoint, answer);
        } else {
            blocking.execute(() -> connect(endpoint, answer));
        }
        return answer;
    }

    private static void connect(Endpoint endpoint, CompletableFuture<Void> answer) {
        if (answer.isDone()) {
            return; // Taken back before it was its turn.
        }
        InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
        if (address.isUnresolved()) {
            answer.completeExceptionally(new NotWellException("host " + endpoint.host() + " is unknown"));
            return;
        }
        try {
            AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
            Object unused = answer.whenComplete((nothing, failure) -> close(channel));
            channel.connect(address, answer, new Connecting());
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e); // Taken back meanwhile, it finds its channel closed.
        }
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
