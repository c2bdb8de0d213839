package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies of answers that nobody will read, so that their connections can serve again. Nobody waits for that, and no peer can keep a connection by
 * going on for ever or by falling silent.
 *
 * <p>Threads: any. Each body is read on a thread of its own.
 */
public final class Drain {
    /** What a failure says is shorter; to read more costs more than another connection. */
    public static final long BYTES = 64 * 1024;

    /** A body that is to come at all is here by then. */
    public static final Duration TIME = Duration.ofSeconds(1);

    private final Executor readers;
    private final ScheduledExecutorService clock;

    Drain(Executor readers, ScheduledExecutorService clock) {
        this.readers = readers;
        this.clock = clock;
    }

    /**
     * Reads it to its end; one that is longer than {@link #BYTES}, or not here after {@link #TIME}, is closed with its connection.
     *
     * @param told is told the end once: null, or what the reading failed with, which giving up does not count as
     * @throws RejectedExecutionException if too many are being read
     */
    void empty(WireResponse answer, Consumer<@Nullable IOException> told) {
        if (answer.isOver()) {
            told.accept(null);
            return;
        }
        GivenUp givenUp = new GivenUp(answer);
        Future<?> limit = clock.schedule(givenUp, TIME.toNanos(), TimeUnit.NANOSECONDS);
        try {
            readers.execute(() -> read(answer, givenUp, limit, told));
        } catch (RejectedExecutionException e) {
            limit.cancel(false);
            throw e;
        }
    }

    private static void read(
            WireResponse answer, GivenUp givenUp, Future<?> limit, Consumer<@Nullable IOException> told) {
        IOException failure = null;
        try {
            read(answer);
        } catch (IOException e) {
            failure = givenUp.isSo ? null : e;
        } catch (RuntimeException e) {
            failure = new IOException("the body cannot be read", e);
        } finally {
            limit.cancel(false);
            answer.close(); // Of what has been read to its end there is nothing to close.
            told.accept(failure);
        }
    }

    private static void read(WireResponse answer) throws IOException {
        try (InputStream body = answer.getBody()) {
            byte[] part = new byte[4096];
            long all = 0;
            int read = body.read(part);
            while (read >= 0 && all <= BYTES) {
                all += read;
                read = body.read(part);
            }
        }
    }

    private static final class GivenUp implements Runnable {
        private final WireResponse answer;

        /** Written by the clock, read by who reads. */
        private volatile boolean isSo;

        private GivenUp(WireResponse answer) {
            this.answer = answer;
        }

        @Override
        public void run() {
            isSo = true;
            answer.close();
        }
    }
}
