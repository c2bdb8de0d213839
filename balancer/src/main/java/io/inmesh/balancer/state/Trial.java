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

    /** A request begins. */
    void begun();

    /** One that began has ended; called once for each {@link #begun}. */
    void ended(Outcome outcome);

    /** Both trials at once: it has room where both have. */
    default Trial and(Trial other) {
        Trial one = this;
        return new Trial() {
            @Override
            public boolean isFull() {
                return one.isFull() || other.isFull();
            }

            @Override
            public void begun() {
                one.begun();
                other.begun();
            }

            @Override
            public void ended(Outcome outcome) {
                one.ended(outcome);
                other.ended(outcome);
            }
        };
    }
}
