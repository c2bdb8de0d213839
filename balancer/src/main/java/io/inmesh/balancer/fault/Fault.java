package io.inmesh.balancer.fault;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Internal;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Target;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What happens to some of the attempts, instead of what would happen. All attempts unless it is narrowed down; see {@link Faults}.
 *
 * <p>Immutable; the predicates are asked by the threads of requests, and must be quick and safe for many at once.
 */
public final class Fault {
    private static final double ALL = 100;

    private final Effect effect;
    private final double percent;
    private final Predicate<? super Target> targets;
    private final Predicate<? super Endpoint> endpoints;

    /** What is done to an attempt. */
    @Internal
    public sealed interface Effect {}

    /** It is sent later. */
    @Internal
    public record Delay(Duration by) implements Effect {}

    /** It is not sent, and ends so. */
    @Internal
    public record Failing(Outcome outcome) implements Effect {}

    /** It is not sent, and does not end. */
    @Internal
    public record BlackHole() implements Effect {}

    private Fault(
            Effect effect, double percent, Predicate<? super Target> targets, Predicate<? super Endpoint> endpoints) {
        this.effect = effect;
        this.percent = percent;
        this.targets = targets;
        this.endpoints = endpoints;
    }

    private static Fault everywhere(Effect effect) {
        return new Fault(effect, ALL, target -> true, endpoint -> true);
    }

    /** The attempt is sent so much later, as by a slow network: the wait counts for its timeout and its latency. Above zero. */
    public static Fault delay(Duration by) {
        if (by.isNegative() || by.isZero()) {
            throw new IllegalArgumentException("delay: " + by + " (expected: above zero)");
        }
        return everywhere(new Delay(by));
    }

    /** The attempt fails as where nobody listens: the connection is refused and nothing was sent. */
    public static Fault refused() {
        return failing(Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT));
    }

    /**
     * The attempt ends so, without having been sent.
     *
     * @param outcome what it is to be taken for: a failure, a timeout or an overload
     */
    public static Fault failing(Outcome outcome) {
        Objects.requireNonNull(outcome, "outcome");
        if (!(outcome instanceof Outcome.Failure
                || outcome instanceof Outcome.Timeout
                || outcome instanceof Outcome.Overloaded)) {
            throw new IllegalArgumentException(
                    "outcome: " + outcome + " (expected: a Failure, a Timeout or an Overloaded)");
        }
        return everywhere(new Failing(outcome));
    }

    /**
     * The attempt is never answered, as where a machine has lost its power: it ends with its timeout, the call's deadline, or when the caller
     * gives up. Without any of these it waits for ever, as it would in earnest.
     */
    public static Fault blackHole() {
        return everywhere(new BlackHole());
    }

    /** The same for so many of 100 attempts, drawn by the mesh's random; above 0, at most 100. */
    public Fault percent(double newPercent) {
        if (!(newPercent > 0 && newPercent <= ALL)) {
            throw new IllegalArgumentException("percent: " + newPercent + " (expected: above 0 and at most 100)");
        }
        return new Fault(effect, newPercent, targets, endpoints);
    }

    /** The same for those of the targets alone. */
    public Fault of(Predicate<? super Target> newTargets) {
        return new Fault(effect, percent, Objects.requireNonNull(newTargets, "targets"), endpoints);
    }

    /** The same at those of the endpoints alone. */
    public Fault at(Predicate<? super Endpoint> newEndpoints) {
        return new Fault(effect, percent, targets, Objects.requireNonNull(newEndpoints, "endpoints"));
    }

    Effect effect() {
        return effect;
    }

    boolean concerns(Target target, Endpoint endpoint) {
        return targets.test(target) && endpoints.test(endpoint);
    }

    /** Whether a draw from 0 to 1 is among its share; all are at 100 %, whatever is drawn. */
    boolean isHitBy(double draw) {
        return draw * ALL < percent;
    }

    @Override
    public String toString() {
        return "Fault[" + effect + ", " + percent + " %]";
    }
}
