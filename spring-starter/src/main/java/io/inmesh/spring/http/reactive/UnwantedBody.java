package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.wire.Drain;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What becomes of the body of an answer to WebClient that nobody will read: as {@link Drain} says, and no thread waits for it.
 */
final class UnwantedBody {
    private UnwantedBody() {}

    /**
     * Reads it to its end, so that its connection can serve again; one that is longer than {@link Drain#BYTES}, or not here after {@link Drain#TIME}, is cancelled,
     * which closes the connection.
     *
     * @param thrownAway releases a part, if it has to be, and says how many bytes it had
     * @return completes with the body's end, and fails with it
     */
    static <T> Mono<Void> drained(Flux<T> body, ToLongFunction<T> thrownAway) {
        return Mono.defer(() -> {
            AtomicLong read = new AtomicLong(); // Of one body: one part after the other.
            return body.map(part -> read.addAndGet(thrownAway.applyAsLong(part)))
                    .takeUntil(bytes -> bytes > Drain.BYTES)
                    .take(Drain.TIME)
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
