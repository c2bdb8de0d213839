package io.inmesh.balancer.attempt;

import io.inmesh.api.Internal;
import io.inmesh.balancer.budget.ServiceBudget;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.HedgeConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of a service go by at this moment: read once by each call, without a lock.
 *
 * @param config what is set
 * @param budget what the service's callers share
 * @param times how long answers take, or null where nobody asks
 */
@Internal
public record Terms(
        AttemptsConfig config,
        ServiceBudget budget,
        @Nullable AnswerTimes times) {

    /** True if something must be able to end an attempt, or begin another one, while it runs. */
    boolean isTimed(Safety safety) {
        boolean hedged = config.hedge().isOn() && safety == Safety.IDEMPOTENT;
        return hedged || !config.retry().timeout().isZero();
    }

    /** After how many nanoseconds an attempt without an answer is hedged; 0 = not, as while too little is known. */
    public long hedgeDelayNanos() {
        HedgeConfig hedge = config.hedge();
        if (hedge.percentile() > 0) {
            return times == null ? 0 : times.percentileNanos(hedge.percentile());
        }
        return hedge.delay().toNanos();
    }
}
