package io.inmesh.balancer.state;

import io.inmesh.api.Outcome;

/**
 * Admits a few requests at a time to an endpoint that was out, and hears how each ends. Shared by every balancer and channel of a mesh that
 * has the endpoint. Requests that ran before the trial began are none of its.
 *
 * <p>Choosing and beginning are two steps, so threads that choose at the same moment may begin a few more than there was room for.
 *
 * <p>Threads: any.
 */
public interface Trial {

    /** True if it has no room now; then others are picked while there are any. */
    boolean isFull();

    /** A request begins; it tells how it goes on to what is returned. */
    Request begin();

    /** One request of a trial. */
    @FunctionalInterface
    interface Request {

        /** Its answer has begun, and is no failure as far as one can see: a stream that lasts for hours ends too late to tell. Any number of times. */
        default void answered() {}

        /** It has ended so. Once, and the last that is heard of it. */
        void ended(Outcome outcome);
    }

    /** Both trials at once: it has room where both have. */
    default Trial and(Trial other) {
        Trial one = this;
        return new Trial() {
            @Override
            public boolean isFull() {
                return one.isFull() || other.isFull();
            }

            @Override
            public Request begin() {
                return both(one.begin(), other.begin());
            }
        };
    }

    private static Request both(Request one, Request other) {
        return new Request() {
            @Override
            public void answered() {
                one.answered();
                other.answered();
            }

            @Override
            public void ended(Outcome outcome) {
                one.ended(outcome);
                other.ended(outcome);
            }
        };
    }
}
