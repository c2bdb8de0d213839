package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.EndpointView;

/** Asks endpoints how loaded they are. Called on the threads of requests; must not wait, and an endpoint that does not answer is no error. */
@FunctionalInterface
public interface Prober {

    /** Asks nobody: {@link Prequal} then does without probes. */
    Prober NONE = (endpoint, answers) -> {};

    /** Asks; what the endpoint answers within a few milliseconds is told there, later answers are worth nothing. */
    void probe(EndpointView endpoint, Answers answers);

    /** Takes what endpoints answer: to probes, or unasked along with responses. On any thread. */
    @FunctionalInterface
    interface Answers {

        /**
         * An endpoint answered.
         *
         * @param requestsInFlight how many requests it has from all clients
         * @param latencyNanos what a request takes there at about that many, in nanoseconds
         */
        void answered(EndpointView endpoint, int requestsInFlight, double latencyNanos);
    }
}
