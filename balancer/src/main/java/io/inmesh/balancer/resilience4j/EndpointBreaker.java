package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The breaker of one endpoint, and the sources that want to know of its state. A breaker's own listeners cannot be taken back; these can. */
final class EndpointBreaker {
    private final CircuitBreaker breaker;
    private final String configuration;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** How often its state has changed. Moved by whoever brings a change, read by sources. */
    private final AtomicInteger changes = new AtomicInteger();

    /** How many sources have it. Written inside the map's {@code compute} alone, which makes it one writer at a time. */
    int users;

    EndpointBreaker(CircuitBreaker breaker, String configuration) {
        this.breaker = breaker;
        this.configuration = configuration;
        breaker.getEventPublisher().onStateTransition(event -> changed());
    }

    private void changed() {
        changes.incrementAndGet(); // Before the listeners ask.
        listeners.forEach(Runnable::run);
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    String configuration() {
        return configuration;
    }

    int changes() {
        return changes.get();
    }

    /** Has that run with each change of state, on the thread that brought it. */
    void listen(Runnable changed) {
        listeners.add(changed);
    }

    void ignore(Runnable changed) {
        listeners.remove(changed);
    }
}
