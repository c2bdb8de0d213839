package io.inmesh.spring.cloud;

import io.inmesh.api.Outcome;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases of requests that run, by Spring Cloud's own request object: the one thing that its beginning and its end have in common. By
 * identity, since requests alike are equal. Some callers (Gateway, when its client goes away) drop a request and tell nobody; a lease whose
 * request object is gone is given back as cancelled by the next one that begins.
 *
 * <p>Threads: any.
 */
final class OpenLeases {
    private final Map<Key, Consumer<Outcome>> leases = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

    private static final class Key extends WeakReference<Object> {
        private final int hash;

        private Key(Object request, @Nullable ReferenceQueue<Object> gone) {
            super(request, gone);
            this.hash = System.identityHashCode(request);
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            Object request = get();
            return request != null && other instanceof Key key && key.get() == request;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** A request's lease has begun, and ends by that; one that it may have had before is given back as cancelled. */
    void begun(Object request, Consumer<Outcome> end) {
        giveBackGone();
        cancel(leases.put(new Key(request, gone), end));
    }

    /** A request has ended; nothing happens if it has no lease, or none any more. */
    void ended(Object request, Outcome outcome) {
        Consumer<Outcome> end = leases.remove(new Key(request, null));
        if (end != null) {
            end.accept(outcome);
        }
    }

    /** How many there are. */
    int size() {
        return leases.size();
    }

    private void giveBackGone() {
        for (Reference<?> key = gone.poll(); key != null; key = gone.poll()) {
            cancel(leases.remove(key));
        }
    }

    private static void cancel(@Nullable Consumer<Outcome> end) {
        if (end != null) {
            end.accept(Outcome.CANCELLED);
        }
    }
}
