package io.inmesh.balancer.attempt;

import io.inmesh.api.Internal;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.fault.Faults;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What all attempts of a mesh are made with.
 *
 * @param clock source of time
 * @param scheduler runs timers
 * @param random source of chance, safe for any number of threads
 * @param observer hears events; cannot fail
 * @param classifier reads codes where an exchange has no way of its own; cannot fail
 * @param faults what is made to go wrong
 * @param threads runs attempts that block, where the caller's thread cannot
 * @param hold keeps the scheduler and the threads from ending
 */
@Internal
public record AttemptResources(
        NanoClock clock,
        Scheduler scheduler,
        RandomGenerator random,
        BalancerObserver observer,
        OutcomeClassifier classifier,
        Faults faults,
        Executor threads,
        Hold hold) {

    /** Keeps a mesh's timers running for calls that its closing met. */
    public interface Hold {
        /** False if it is too late: what would be held has ended. */
        boolean take();

        /** Lets go of what was taken. */
        void release();
    }
}
