package io.inmesh.balancer.fault;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Internal;
import io.inmesh.api.Target;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Faults that are injected into the attempts of one mesh or several, switched on and off in code at any time. For tests of what an
 * application does when a service is in trouble; a mesh that was not given any has none.
 *
 * <pre>{@code
 * Faults faults = new Faults();
 * Mesh mesh = Mesh.builder().faults(faults).build();
 *
 * Faults.Injection slow = faults.inject(Fault.delay(Duration.ofSeconds(2)).at(endpoint -> endpoint.host().equals("10.0.0.7")));
 * Faults.Injection broken = faults.inject(Fault.refused().percent(10));
 * // ... requests ...
 * long delayed = slow.count();
 * slow.close();
 * faults.clear();
 * }</pre>
 *
 * <p>They meet what is sent through {@code Mesh.attempts(...)}: by plain Java, and by the HTTP clients of Spring Boot that the starter brings to pods. They meet
 * gRPC calls as well, before these are sent: an attempt that is delayed or unanswered waits inside gRPC, counted on its endpoint, and one that fails is
 * {@code UNAVAILABLE} to gRPC, whatever it is taken for. (A repeat is delayed from the failure before it on, beside its back-off.) They do not meet calls over a
 * channel of {@code disableServiceConfigLookUp()}, nor whoever picks and sends by himself.
 * Of several that concern an attempt the one that was injected first and is drawn is used, and no other.
 *
 * <p>Threads: any.
 */
public final class Faults {
    private static final Faults NONE = new Faults();

    private final List<Injection> injections = new CopyOnWriteArrayList<>();

    /** None yet. */
    public Faults() {}

    /** Those of a mesh that was given none, to which none can be added: doors leave out what is there for faults. */
    @Internal
    public static Faults none() {
        return NONE;
    }

    /** From now on that happens too, until it is closed. */
    public Injection inject(Fault fault) {
        if (this == NONE) {
            throw new IllegalStateException(
                    "a mesh without faults (expected: new Faults(), given to Mesh.builder().faults(...), to inject "
                            + fault + ")");
        }
        Injection injection = new Injection(fault);
        injections.add(injection);
        return injection;
    }

    /** Closes all. */
    public void clear() {
        injections.clear();
    }

    /** What is to happen to an attempt, counted; null if nothing is. For doors, before they send. */
    @Internal
    public Fault.@Nullable Effect next(Target target, Endpoint endpoint, RandomGenerator random) {
        for (Injection injection : injections) {
            if (injection.fault.concerns(target, endpoint) && injection.fault.isHitBy(random.nextDouble())) {
                injection.count.incrementAndGet();
                return injection.fault.effect();
            }
        }
        return null;
    }

    /** A fault that is on. */
    public final class Injection implements AutoCloseable {
        private final Fault fault;
        private final AtomicLong count = new AtomicLong();

        private Injection(Fault fault) {
            this.fault = fault;
        }

        /** How many attempts it has met. */
        public long count() {
            return count.get();
        }

        /** Switches it off; attempts that it has met already go on as begun. */
        @Override
        public void close() {
            injections.remove(this);
        }

        @Override
        public String toString() {
            return fault + " met " + count;
        }
    }
}
