package io.inmesh.balancer.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.api.Endpoint;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.state.Word;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * From the state of one endpoint's breaker to what is said of the endpoint. A breaker that is open waits to be asked, and nobody asks while the
 * endpoint is left out: so its waiting time is kept here, and it is half opened when that has passed.
 *
 * <p>Threads: the source's lane.
 */
final class BreakerWatch {
    private final Endpoint endpoint;
    private final EndpointBreaker held;
    private final HealthSource.Site site;
    private final Runnable changed;

    private CircuitBreaker.State said = CircuitBreaker.State.CLOSED;

    /** How many changes there had been when that was said. */
    private int saidAfter;

    private boolean ended;

    /** How often it has opened since it was last closed, which its waiting time may depend on. */
    private int opened;

    private Scheduler.@Nullable Cancellable halfOpening;
    private @Nullable BreakerTrial trial;

    BreakerWatch(Endpoint endpoint, EndpointBreaker held, HealthSource.Site site) {
        this.endpoint = endpoint;
        this.held = held;
        this.site = site;
        this.changed = () -> site.lane().execute(this::say);
        held.listen(changed);
        say(); // Another port may have had it before.
    }

    Endpoint endpoint() {
        return endpoint;
    }

    void end() {
        ended = true;
        held.ignore(changed);
        cancel();
    }

    /** Says what state it is in now; several changes may have come together, and then it may have left its state and be in it anew. */
    private void say() {
        CircuitBreaker breaker = held.breaker();
        // Before the state, which changes first: one change alone may be the one that was said early.
        int after = held.changes();
        CircuitBreaker.State state = breaker.getState();
        if (ended || (state == said && after - saidAfter < 2)) {
            return;
        }
        said = state;
        saidAfter = after;
        cancel();
        switch (state) {
            case OPEN -> {
                opened++;
                Duration wait = Duration.ofMillis(breaker.getCircuitBreakerConfig()
                        .getWaitIntervalFunctionInOpenState()
                        .apply(opened));
                halfOpening =
                        site.tools().scheduler().schedule(() -> site.lane().execute(() -> halfOpen(after)), wait);
                site.voice().say(endpoint, Word.out(text("is open at " + figures(breaker)), wait));
            }
            case FORCED_OPEN -> site.voice().say(endpoint, Word.out(text("was forced open"), Duration.ZERO));
            case HALF_OPEN -> {
                BreakerTrial begun = new BreakerTrial(breaker);
                trial = begun;
                site.voice().say(endpoint, Word.onTrial(begun, text("is half open")));
            }
            case CLOSED, DISABLED, METRICS_ONLY -> {
                opened = 0;
                site.voice().say(endpoint, Word.HEALTHY);
            }
        }
    }

    private void halfOpen(int openAfter) {
        if (!ended && saidAfter == openAfter && held.breaker().getState() == CircuitBreaker.State.OPEN) {
            held.breaker().transitionToHalfOpenState();
        }
    }

    private void cancel() {
        if (halfOpening != null) {
            halfOpening.cancel();
            halfOpening = null;
        }
        if (trial != null) {
            trial.end();
            trial = null;
        }
    }

    private String text(String what) {
        return "circuit breaker '" + held.breaker().getName() + "' " + what;
    }

    private static String figures(CircuitBreaker breaker) {
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        return "a failure rate of " + metrics.getFailureRate() + " %, slow calls " + metrics.getSlowCallRate() + " %";
    }
}
