package io.inmesh.resolver.kubernetes.watch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads one object that is not watched: asks until the server has answered, with the object or with a refusal that asking again cannot
 * mend.
 *
 * <p>Threads: everything happens on the lane, but for {@link #close()}, which may be called from anywhere.
 */
public final class SingleGet {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int ABSENT = 404;

    private final String path;
    private final ListWatch.Place place;
    private final Result result;
    private final Backoff backoff;
    private final CancelSlot exchange = new CancelSlot();
    private final CancelSlot timer = new CancelSlot();

    private volatile boolean closed; // Written by whoever closes, read on the lane.

    // Both are touched on the lane only.
    private long round; // What an earlier exchange still has to say is not heard.
    private boolean tokenTried; // Refused credentials were read again.

    /** Hears, on the lane, one of the first two, once, and perhaps before it that there is no answer yet. */
    public interface Result {

        /** The object as it came. */
        void onObjectOnLane(byte[] json);

        /** 403 or 404. */
        void onRefusedOnLane(int status, String message);

        /** There is no such answer so far; it is asked again until there is one. */
        void onFailureOnLane();
    }

    public SingleGet(String path, ListWatch.Place place, Result result) {
        this.path = path;
        this.place = place;
        this.result = result;
        this.backoff = new Backoff(place.random());
    }

    public void start() {
        place.lane().execute(this::askOnLane);
    }

    /** Ends it; nothing is heard any more. */
    public void close() {
        closed = true;
        exchange.close();
        timer.close();
    }

    private void askOnLane() {
        if (closed) {
            return;
        }
        long mine = ++round;
        exchange.put(place.api().get(path, new Body(mine)));
        timer.put(place.scheduler().schedule(() -> place.lane().execute(() -> silentOnLane(mine)), Round.ANSWER_LIMIT));
    }

    private void silentOnLane(long of) {
        if (of == round && !closed) {
            place.api().distrustConnections(); // W-13
            againOnLane(backoff.next());
            result.onFailureOnLane();
        }
    }

    private void againOnLane(Duration delay) {
        round++;
        exchange.clear();
        timer.put(place.scheduler().schedule(() -> place.lane().execute(this::askOnLane), delay));
    }

    private void answeredOnLane(long of, int status, @Nullable String retryAfter, byte[] body) {
        if (of != round || closed) {
            return;
        }
        if (status == OK) {
            close();
            result.onObjectOnLane(body);
        } else if (status == FORBIDDEN || status == ABSENT) {
            close();
            result.onRefusedOnLane(
                    status,
                    Refusal.of(status, WatchEvents.status(body), null, null).message());
        } else if (status == UNAUTHORIZED && !tokenTried) {
            tokenTried = true; // W-10: the transport reads the token again.
            againOnLane(Duration.ZERO);
        } else {
            againOnLane(backoff.after(
                    Refusal.of(status, WatchEvents.status(body), retryAfter, null), Duration.ZERO)); // W-10
            result.onFailureOnLane();
        }
    }

    /** Collects one answer, on the transport's threads. */
    private final class Body implements ApiTransport.Receiver {
        private final long mine;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int status = Refusal.NO_ANSWER;
        private @Nullable String retryAfter;
        private boolean tooLarge;

        Body(long mine) {
            this.mine = mine;
        }

        @Override
        public void onHead(int answeredStatus, @Nullable String answeredRetryAfter) {
            status = answeredStatus;
            retryAfter = answeredRetryAfter;
        }

        @Override
        public void onBytes(ByteBuffer piece) {
            if (piece.remaining() > TooLargeException.MOST_OF_A_LINE - bytes.size()) {
                tooLarge = true; // As good as no answer.
            } else if (!tooLarge) {
                byte[] taken = new byte[piece.remaining()];
                piece.get(taken);
                bytes.writeBytes(taken);
            }
        }

        @Override
        public void onEnd(@Nullable Throwable error) {
            int answered = error == null && !tooLarge ? status : Refusal.NO_ANSWER;
            byte[] body = bytes.toByteArray();
            String wait = retryAfter;
            place.lane().execute(() -> answeredOnLane(mine, answered, wait, body));
        }
    }
}
