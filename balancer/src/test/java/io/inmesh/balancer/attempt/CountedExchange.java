package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An exchange of which a test wants to know how often its request may have reached a backend, and how long the longest answer took. */
final class CountedExchange implements AsyncExchange<HttpResponse<String>> {
    private final JdkHttpExchange<String> exchange;
    private final AtomicLong longestNanos;

    /** Attempts of which something may have been sent. */
    private final AtomicInteger sent = new AtomicInteger();

    /** The longest time to an answer of 200 is put into that. */
    CountedExchange(JdkHttpExchange<String> exchange, AtomicLong longestNanos) {
        this.exchange = exchange;
        this.longestNanos = longestNanos;
    }

    int sent() {
        return sent.get();
    }

    @Override
    public CompletableFuture<HttpResponse<String>> send(Lease lease) {
        sent.incrementAndGet();
        long begun = System.nanoTime();
        CompletableFuture<HttpResponse<String>> answer = exchange.send(lease);
        Object unused = answer.thenAccept(came -> {
            if (came.statusCode() == 200) {
                longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
            }
        });
        return answer;
    }

    @Override
    public Outcome outcomeOf(HttpResponse<String> answer) {
        return exchange.outcomeOf(answer);
    }

    @Override
    public Outcome outcomeOf(Throwable error) {
        Outcome outcome = exchange.outcomeOf(error);
        if (outcome instanceof Outcome.Failure failure && failure.delivery() == Delivery.NOT_SENT) {
            sent.decrementAndGet();
        }
        return outcome;
    }

    @Override
    public void discard(HttpResponse<String> answer) {
        exchange.discard(answer);
    }
}
