package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The breaker of one endpoint, and the sources that want to know of its state. A breaker's own listeners cannot be taken back; these can. */
final class EndpointBreaker {
    private final CircuitBreaker breaker;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** How many sources have it. Written inside the map's {@code compute} alone, which makes it one writer at a time. */
    int users;

    EndpointBreaker(CircuitBreaker breaker) {
        this.breaker = breaker;
        breaker.getEventPublisher().onStateTransition(event -> listeners.forEach(Runnable::run));
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** Has that run with each change of state, on the thread that brought it. */
    void listen(Runnable changed) {
        listeners.add(changed);
    }

    void ignore(Runnable changed) {
        listeners.remove(changed);
    }
}
