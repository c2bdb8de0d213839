package io.inmesh.spring.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What becomes of the body of an answer that nobody will read. No thread waits for it, and no peer can keep its connection by going on for ever or by
 * falling silent.
 */
final class UnwantedBody {
    /** What a failure says is shorter; to read more costs more than another connection. */
    static final long BYTES = 64 * 1024;

    /** A body that is to come at all is here by then. */
    static final Duration TIME = Duration.ofSeconds(1);

    private UnwantedBody() {}

    /**
     * Reads it to its end, so that its connection can serve again; one that is longer than {@link #BYTES}, or not here after {@link #TIME}, is cancelled,
     * which closes the connection.
     *
     * @param thrownAway releases a part, if it has to be, and says how many bytes it had
     * @return completes with the body's end, and fails with it
     */
    static <T> Mono<Void> drained(Flux<T> body, ToLongFunction<T> thrownAway) {
        return Mono.defer(() -> {
            AtomicLong read = new AtomicLong(); // Of one body: one part after the other.
            return body.map(part -> read.addAndGet(thrownAway.applyAsLong(part)))
                    .takeUntil(bytes -> bytes > BYTES)
                    .take(TIME)
                    .then();
        });
    }

    /** Does not read it: its connection is closed. */
    static void cancelled(Flux<?> body) {
        body.subscribe(new BaseSubscriber<Object>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });
    }
}
