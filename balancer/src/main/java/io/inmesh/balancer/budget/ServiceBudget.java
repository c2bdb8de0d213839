package io.inmesh.balancer.budget;

import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.BudgetConfig;

/**
 * What the callers of one service have in common for sending requests again: the budget, and the count of its requests that hedges are held
 * against besides.
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
     * A full one.
     *
     * @param hedgePercent how many hedges there may be for 100 requests, over any ten seconds
     */
    public ServiceBudget(BudgetConfig config, int hedgePercent, NanoClock clock) {
        this.retries = switch (config.mode()) {
            case RATIO -> new RatioBudget(config.percent(), config.minPerSecond(), clock);
            case TOKENS -> new TokenBudget(config.maxTokens(), config.tokenRatio());
            case CONCURRENT -> new ConcurrentBudget(config.percent(), config.minConcurrent());
        };
        this.hedges = new RecentShare(hedgePercent, clock, clock.nanoTime());
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
