package io.inmesh.balancer.engine;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Prober;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A user's prober that cannot break a pick: its first failure is logged, and an endpoint that it failed to ask has not answered. */
final class SafeProber implements Prober {
    private static final Logger log = LoggerFactory.getLogger(SafeProber.class);

    private final Prober prober;
    private final AtomicBoolean failed = new AtomicBoolean();

    private SafeProber(Prober prober) {
        this.prober = prober;
    }

    /** The prober made safe; one that asks nobody stays itself, for who knows it by that. */
    static Prober of(Prober prober) {
        return prober.equals(NONE) ? prober : new SafeProber(prober);
    }

    @Override
    public void probe(EndpointView endpoint, Answers answers) {
        try {
            prober.probe(endpoint, answers);
        } catch (RuntimeException | LinkageError e) {
            if (failed.compareAndSet(false, true)) {
                log.warn("prober {} failed; its further failures are not logged", prober, e);
            }
        }
    }
}
