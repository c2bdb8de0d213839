package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * A body that is ended if its request was cancelled. An answer may begin at the very moment at which its request is cancelled: whoever
 * sent it never hears of it then, and without an end of its own its connection would stay open, with nobody to read it.
 *
 * <p>Threads: those of the client, one call after the other.
 */
final class AbandonableBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> body;
    private final CancelSlot reading;

    /**
     * That body.
     *
     * @param reading what ends it; closed if the request is cancelled, before or after the body begins
     */
    AbandonableBody(BodySubscriber<T> body, CancelSlot reading) {
        this.body = body;
        this.reading = reading;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        reading.put(subscription::cancel);
        body.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        body.onNext(pieces);
    }

    @Override
    public void onError(Throwable error) {
        body.onError(error);
    }

    @Override
    public void onComplete() {
        body.onComplete();
    }

    @Override
    public CompletionStage<T> getBody() {
        return body.getBody();
    }
}
