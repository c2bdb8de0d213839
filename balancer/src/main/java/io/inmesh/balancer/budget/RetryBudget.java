package io.inmesh.balancer.budget;

import io.inmesh.api.Outcome;

/**
 * Says whether one more request of a service may be sent again. Every repeat and every hedge asks, but for a call's first repeat after nothing
 * was sent.
 *
 * <p>For each call {@link #deposit} when it begins and {@link #ended} when it ends; for each attempt {@link #told} when it ends; for each
 * further attempt {@link #tryWithdraw} before it, and {@link #returned} when it has ended, or was not made after all. A form that goes by one
 * of these does nothing in the others.
 *
 * <p>Threads: any, many at once; nothing locks, and what every request calls allocates nothing.
 */
public interface RetryBudget {

    /** A call begins. */
    default void deposit() {}

    /** A call has ended. */
    default void ended() {}

    /** An attempt has ended so. */
    default void told(Outcome outcome) {}

    /** Asks for one further attempt, and takes it. */
    boolean tryWithdraw();

    /** What was taken is over. */
    default void returned() {}
}
