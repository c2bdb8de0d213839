package io.inmesh.balancer.attempt;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.PickContext;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.observe.BalancerObserver.Withheld;
import io.inmesh.api.observe.CallObserver;
import io.inmesh.api.observe.CallObserver.AttemptObserver;
import io.inmesh.balancer.config.RetryConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one call has tried, and whether and when it may try again: every rule of repeating and its account with the budget, whoever waits and
 * sends.
 *
 * <p>Threads: one at a time.
 */
final class Course {
    /** There is no deadline. */
    static final long NEVER = Long.MAX_VALUE;

    /** What a call comes to for which there is nobody. */
    static final Outcome NO_ENDPOINT = Outcome.failure(Origin.LOCAL, Delivery.NOT_SENT);

    /** Connections that fail one after the other speak of more than an endpoint. */
    private static final int MOST_UNSENT_REPEATS = 2;

    /** Who has no deadline waits no longer than this because an endpoint says so. */
    private static final Duration LONGEST_PUSHBACK = Duration.ofSeconds(5);

    /** A wait is that much shorter or longer than its formula, so that callers who failed together do not come back together. */
    private static final double JITTER = 0.2;

    private final LoadBalancer balancer;
    private final Function<PickContext, Choice> look;
    private final Terms terms;
    private final Safety safety;
    private final RandomGenerator random;
    private final BalancerObserver observer;
    private final CallObserver call;

    private PickContext context;
    private int attempts;
    private int waits;
    private int unsentRepeats;

    /**
     * Try again.
     *
     * @param delayNanos after so long
     * @param withdrawn whether that was withdrawn from the budget, which is to hear of its end
     */
    record Repeat(long delayNanos, boolean withdrawn) {}

    /** The call's observer is asked for here, on the caller's thread. */
    Course(
            LoadBalancer balancer,
            Function<PickContext, Choice> look,
            Terms terms,
            Safety safety,
            PickContext context,
            AttemptResources resources) {
        this.balancer = balancer;
        this.look = look;
        this.terms = terms;
        this.safety = safety;
        this.context = context;
        this.random = resources.random();
        this.observer = resources.observer();
        this.call = observer.calling(balancer.target());
    }

    /** What the next pick is to know. */
    PickContext context() {
        return context;
    }

    /** An attempt there has taken longer than one may. */
    TimeoutException tooLong(Endpoint endpoint) {
        return new TimeoutException(balancer.target() + ": no answer from " + endpoint.address()
                + " within retry.timeout, " + terms.config().retry().timeout());
    }

    /** All attempts together have taken longer than they may. */
    TimeoutException tooLate() {
        return new TimeoutException(balancer.target() + ": no answer by the deadline of the call, after " + attempts
                + (attempts == 1 ? " attempt" : " attempts"));
    }

    /** The call begins. */
    void begin() {
        terms.budget().begun();
    }

    /** The call is over, and this is what its caller gets. */
    void over(Outcome outcome) {
        terms.budget().ended();
        observer.called(balancer.target(), attempts, outcome);
        call.ended(attempts, outcome);
    }

    /** An attempt is made there. */
    AttemptObserver begun(Endpoint endpoint) {
        attempts++;
        context = context.withTried(endpoint);
        return call.attempt(endpoint);
    }

    /** An attempt has ended so, which is told to who hears of it. */
    void ended(Outcome outcome, boolean withdrawn, AttemptObserver hears) {
        hears.ended(outcome);
        terms.budget().retries().told(outcome);
        if (withdrawn) {
            terms.budget().retries().returned();
        }
    }

    /** An answer takes its lease along. That it has begun is told where it is none that speaks against the endpoint: of such a one the end says all. */
    static void keep(Lease lease, Outcome outcome) {
        if (Outcome.isAnswer(outcome)) {
            lease.answered();
        }
    }

    /** A repeat is not made after all. */
    void giveBack(@Nullable Repeat repeat) {
        if (repeat != null && repeat.withdrawn) {
            terms.budget().retries().returned();
        }
    }

    /** Whether another attempt may be made while so many run. */
    boolean mayHedge(int running) {
        return safety == Safety.IDEMPOTENT
                && terms.config().hedge().isOn()
                && running < terms.config().hedge().attempts()
                && attempts < terms.config().retry().attempts();
    }

    /** Where the call is hedged now, which is then withdrawn from the budget; null if it is not. */
    @Nullable
    Lease hedge() {
        if (!(look.apply(context) instanceof EndpointView other) || context.hasTried(other.endpoint())) {
            return null; // Nobody else is there: asking the same one twice would not be quicker.
        }
        switch (terms.budget().tryHedge()) {
            case GRANTED -> {
                Lease lease = null;
                try {
                    lease = balancer.pick(context) instanceof Lease found ? found : null;
                } finally {
                    if (lease == null) {
                        terms.budget().retries().returned();
                    }
                }
                if (lease != null) {
                    observer.hedged(balancer.target(), lease.endpoint());
                }
                return lease;
            }
            case LIMIT_REACHED -> observer.withheld(balancer.target(), Withheld.HEDGE_LIMIT);
            case BUDGET_USED_UP -> observer.withheld(balancer.target(), Withheld.BUDGET);
        }
        return null;
    }

    /** Whether an attempt that ended so may be followed by another at all. */
    boolean isRepeatable(Outcome outcome) {
        return RepeatRule.allows(outcome, safety);
    }

    /**
     * What follows an attempt that ended so and {@link #isRepeatable}.
     *
     * @param leftNanos how long until the deadline, or {@link #NEVER}
     * @return null if nothing does; what was withdrawn otherwise is to be given back if it comes to nothing
     */
    @Nullable
    Repeat after(Outcome outcome, long leftNanos) {
        boolean unsent = outcome instanceof Outcome.Failure failure && failure.delivery() == Delivery.NOT_SENT;
        if (attempts >= terms.config().retry().attempts() || (unsent && unsentRepeats >= MOST_UNSENT_REPEATS)) {
            return null;
        }
        boolean free = unsent && unsentRepeats == 0;
        Duration wish = wishOf(outcome);
        if (wish != null && wish.isNegative()) {
            return withheld(Withheld.PUSHBACK);
        }
        long wait = free || isHedging() ? 0 : nextWait();
        if (wish != null && (outcome instanceof Outcome.Overloaded || onlyTriedAreLeft())) {
            if (leftNanos == NEVER && wish.compareTo(LONGEST_PUSHBACK) > 0) {
                return withheld(Withheld.PUSHBACK);
            }
            wait = TimeUnit.NANOSECONDS.convert(wish);
        }
        if (wait >= leftNanos) {
            return withheld(Withheld.DEADLINE);
        }
        if (!free && !terms.budget().retries().tryWithdraw()) {
            return withheld(Withheld.BUDGET);
        }
        unsentRepeats += unsent ? 1 : 0;
        return new Repeat(wait, !free);
    }

    private @Nullable Repeat withheld(Withheld why) {
        observer.withheld(balancer.target(), why);
        return null;
    }

    /** Who hedges has said that waiting costs more than asking, so what has failed is sent again at once. */
    private boolean isHedging() {
        return safety == Safety.IDEMPOTENT && terms.config().hedge().isOn();
    }

    private static @Nullable Duration wishOf(Outcome outcome) {
        if (outcome instanceof Outcome.Overloaded overloaded) {
            return overloaded.retryAfter();
        }
        return outcome instanceof Outcome.Failure failure ? failure.retryAfter() : null;
    }

    /** What a failing endpoint wishes, others need not wait for; but it may be the only one. */
    private boolean onlyTriedAreLeft() {
        return look.apply(context) instanceof EndpointView next && context.hasTried(next.endpoint());
    }

    private long nextWait() {
        RetryConfig retry = terms.config().retry();
        long most = retry.maxBackoff().toNanos();
        // Doubled four times at most, for there are five attempts; a minute 16 times is far from the end of a long.
        long doubled = Math.min(most, retry.backoff().toNanos() << Math.min(waits, 4));
        waits++;
        return doubled == 0 ? 0 : Math.round(doubled * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }
}
