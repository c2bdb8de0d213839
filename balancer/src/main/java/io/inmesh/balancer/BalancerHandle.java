package io.inmesh.balancer;

import io.inmesh.api.Choice;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.request.RequestRules;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One user's hold on a balancer that others may hold too. */
final class BalancerHandle implements LoadBalancer {
    private final ServiceBalancer balancer;

    /** What to do on close; taken out by the first call, so that the second does nothing. */
    private final AtomicReference<@Nullable Runnable> giveBack;

    BalancerHandle(ServiceBalancer balancer, Runnable giveBack) {
        this.balancer = balancer;
        this.giveBack = new AtomicReference<>(giveBack);
    }

    @Override
    public Target target() {
        return balancer.target();
    }

    /** What its attempts go by at this moment. */
    Terms terms() {
        return balancer.terms();
    }

    /** What is read from requests at this moment. */
    RequestRules rules() {
        return balancer.rules();
    }

    /** Whom a request would get, asked by one who makes none. */
    Choice look(PickContext context) {
        return balancer.look(context);
    }

    @Override
    public Choice choose(PickContext context) {
        return balancer.choose(context);
    }

    @Override
    public Pick pick(PickContext context) {
        return balancer.pick(context);
    }

    @Override
    public CompletionStage<LoadBalancer> whenReady(Duration limit) {
        return balancer.whenReady(limit).thenApply(nothing -> this);
    }

    @Override
    public Snapshot snapshot() {
        return balancer.snapshot();
    }

    @Override
    public void close() {
        Runnable first = giveBack.getAndSet(null);
        if (first != null) {
            first.run();
        }
    }

    @Override
    public String toString() {
        return "LoadBalancer[" + target() + "]";
    }
}
