package io.inmesh.resolver.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its thread reads, so that it hears at once when the other side goes, while the answer may be written by another
 * thread. Requests are answered one after the other.
 */
final class HttpConnection implements LoopbackListener.Connection {
    private final Socket socket;
    private final Consumer<Exchange> handler;
    private final Consumer<LoopbackListener.Connection> onEnd;

    // Guarded by this: set by the reading thread, read by whoever closes.
    private @Nullable Exchange current;
    private boolean closed;

    HttpConnection(Socket socket, Consumer<Exchange> handler, Consumer<LoopbackListener.Connection> onEnd) {
        this.socket = socket;
        this.handler = handler;
        this.onEnd = onEnd;
    }

    @Override
    public void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            serve(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
            // The other side broke the connection, sent what is no HTTP, or this server went down: in each case it is
            // over.
            close();
        } finally {
            close();
            onEnd.accept(this);
        }
    }

    private void serve(InputStream in) throws IOException {
        for (Optional<RequestHead.Received> next = RequestHead.read(in);
                next.isPresent();
                next = RequestHead.read(in)) {
            Exchange exchange = new Exchange(next.get(), socket.getOutputStream(), this::close);
            Exchange before = exchangeAfter(exchange);
            if (before != null) {
                before.answered().join();
            }
            handler.accept(exchange);
        }
    }

    private synchronized @Nullable Exchange exchangeAfter(Exchange next) throws IOException {
        if (closed) {
            throw new IOException("the connection is closed");
        }
        Exchange before = current;
        current = next;
        return before;
    }

    /** Ends the connection; what was under way is over. Closing twice changes nothing. */
    @Override
    public void close() {
        Exchange over;
        synchronized (this) {
            closed = true;
            over = current;
        }
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to do for a socket that cannot even be closed; the exchange is told all the same.
            throw new UncheckedIOException("cannot close " + socket, e);
        } finally {
            if (over != null) {
                over.gone();
            }
        }
    }
}
