package io.inmesh.balancer.state;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint that this process stays with, for one service port: one, because in process there is one client address (rules Y-2, Y-5). Every
 * balancer and channel of a mesh that reaches the port shares it.
 *
 * <p>Threads: any; each change is one compare-and-set, so that of two first calls that chose differently one wins.
 */
public final class AffinityMemory {
    /** A call within this time of the one before it leaves the stamp alone, so that threads that call all the time do not write one line of memory. */
    private static final long GRAIN_NANOS = 1_000_000;

    private final AtomicReference<@Nullable Stay> stay = new AtomicReference<>();

    /** How long without a call the Service wants a stay to last, as was heard last. Written on lanes, read where a port has lost its last user. */
    private volatile long timeoutNanos;

    /** A stay with one endpoint. */
    public static final class Stay {
        private final String endpoint;

        /** When it was last used, within {@link #GRAIN_NANOS}. Written by any call, read by any; of two that write at once either is right. */
        private volatile long usedNanos;

        private Stay(String endpoint, long nowNanos) {
            this.endpoint = endpoint;
            this.usedNanos = nowNanos;
        }

        /** The id of the endpoint. */
        public String endpoint() {
            return endpoint;
        }

        /** True if it has not been used for that time (rule Y-3). */
        public boolean hasLapsed(long nowNanos, long timeoutNanos) {
            return nowNanos - usedNanos >= timeoutNanos;
        }

        /** Another call uses it (rule Y-3). */
        public void use(long nowNanos) {
            if (nowNanos - usedNanos >= GRAIN_NANOS) {
                usedNanos = nowNanos;
            }
        }
    }

    /** Stays last so long without a call from now on. On a lane. */
    public void lastFor(long nanos) {
        timeoutNanos = nanos;
    }

    /** True if a stay is remembered that has not lapsed. */
    public boolean isHeld(long nowNanos) {
        Stay held = stay.get();
        return held != null && !held.hasLapsed(nowNanos, timeoutNanos);
    }

    /** The stay that is remembered, lapsed or not; null if none is. */
    public @Nullable Stay held() {
        return stay.get();
    }

    /**
     * Stays with another endpoint from now on.
     *
     * @param seen what was remembered when that endpoint was chosen, or null
     * @param endpoint the id of the endpoint
     * @return what is remembered now: if somebody was quicker, his choice
     */
    public Stay move(@Nullable Stay seen, String endpoint, long nowNanos) {
        Stay mine = new Stay(endpoint, nowNanos);
        Stay found = stay.compareAndExchange(seen, mine);
        return found == seen || found == null ? mine : found;
    }

    /** That endpoint may be picked no more and loses its client at once, even if it comes back before the next call (rule Y-4). */
    void forget(String endpoint) {
        Stay held = stay.get();
        if (held != null && held.endpoint.equals(endpoint)) {
            stay.compareAndSet(held, null);
        }
    }
}
