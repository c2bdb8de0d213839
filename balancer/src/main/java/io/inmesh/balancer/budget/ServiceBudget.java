package io.inmesh.balancer.budget;

import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.BudgetConfig;

/**
 * What a caller of a service has to hold further attempts against: the budget, which all callers that say the same of {@code budget.*} share, and the
 * count of requests that hedges are held against besides, which those share that say the same of {@code hedge.percent} as well.
 *
 * <p>Threads: any.
 */
public final class ServiceBudget {
    private final RetryBudget retries;
    private final RecentShare hedges;

    /** Why a hedge may be sent or not. */
    public enum Hedging {
        /** It may, and was withdrawn. */
        GRANTED,
        /** Too many requests were hedged of late. */
        LIMIT_REACHED,
        /** The budget is used up. */
        BUDGET_USED_UP
    }

    /**
     * A full one, shared with nobody.
     *
     * @param hedgePercent how many hedges there may be for 100 requests, over any ten seconds
     */
    public ServiceBudget(BudgetConfig config, int hedgePercent, NanoClock clock) {
        this(retries(config, clock), hedgePercent, clock);
    }

    /** With that budget, which others may share. */
    ServiceBudget(RetryBudget retries, int hedgePercent, NanoClock clock) {
        this.retries = retries;
        this.hedges = new RecentShare(hedgePercent, clock, clock.nanoTime());
    }

    /** A full budget. */
    static RetryBudget retries(BudgetConfig config, NanoClock clock) {
        return switch (config.mode()) {
            case RATIO -> new RatioBudget(config.percent(), config.minPerSecond(), clock);
            case TOKENS -> new TokenBudget(config.maxTokens(), config.tokenRatio());
            case CONCURRENT -> new ConcurrentBudget(config.percent(), config.minConcurrent());
        };
    }

    /** The budget that repeats and hedges withdraw from. */
    public RetryBudget retries() {
        return retries;
    }

    /** A call begins. */
    public void begun() {
        retries.deposit();
        hedges.deposit();
    }

    /** A call has ended. */
    public void ended() {
        retries.ended();
    }

    /** Asks for a hedge; what is granted was withdrawn from {@link #retries}, too. */
    public Hedging tryHedge() {
        long taken = hedges.take();
        if (taken == 0) {
            return Hedging.LIMIT_REACHED;
        }
        if (retries.tryWithdraw()) {
            return Hedging.GRANTED;
        }
        hedges.giveBack(taken);
        return Hedging.BUDGET_USED_UP;
    }
}
