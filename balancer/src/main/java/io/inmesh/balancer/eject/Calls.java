package io.inmesh.balancer.eject;

import io.inmesh.balancer.state.Tally;

/**
 * What one endpoint did within an interval, as a rule counts it.
 *
 * @param successes 0 or more
 * @param failures 0 or more
 */
record Calls(int successes, int failures) {

    /** Failures of every origin against successes. */
    static Calls all(Tally tally) {
        return new Calls(tally.successes(), tally.failures());
    }

    /** How it answered, where it could be reached. */
    static Calls answered(Tally tally) {
        return new Calls(tally.successes(), tally.answeredFailures());
    }

    /** Whether it could be reached: whatever it answered is a success. A timeout says neither. */
    static Calls reached(Tally tally) {
        return new Calls(tally.successes() + tally.external() + tally.gateway(), tally.local());
    }

    int total() {
        return successes + failures;
    }

    /** The share that went well, 0 to 1; of no calls it is no number. */
    double rate() {
        return (double) successes / total();
    }
}
