package io.inmesh.spring.http.reactive;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * The answer to one attempt, as a future. Cancelling it cancels the subscription, and an answer that is here at that very moment is given up as well:
 * unlike {@link Mono#toFuture}, which would lose it, with its connection and its lease.
 *
 * <p>Threads: any.
 */
final class AnswerFuture extends CompletableFuture<LeasedAnswer> implements CoreSubscriber<LeasedAnswer> {
    /** Written by the subscribing thread, read by whoever cancels, which may be before. */
    private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();

    private AnswerFuture() {}

    static AnswerFuture of(Mono<LeasedAnswer> answer) {
        AnswerFuture future = new AnswerFuture();
        answer.subscribe(future);
        return future;
    }

    @Override
    public void onSubscribe(Subscription begun) {
        subscription.set(begun);
        if (isDone()) {
            begun.cancel();
        } else {
            begun.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(LeasedAnswer answer) {
        if (!complete(answer)) {
            answer.abandoned();
        }
    }

    /** The error of an attempt that was given up is nobody's. */
    @Override
    public void onError(Throwable error) {
        completeExceptionally(error);
    }

    /** Without an answer before, there is none. */
    @Override
    public void onComplete() {
        complete(null);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean cancelled = super.cancel(mayInterrupt);
        Subscription begun = subscription.get();
        if (cancelled && begun != null) {
            begun.cancel();
        }
        return cancelled;
    }
}
