package io.inmesh.balancer.state;

/** Hears of failures as they happen, on the threads of requests, many at once: quick, and never waits. */
@FunctionalInterface
public interface FailureWatch {

    /** A request on that endpoint failed. */
    void failed(String endpointId, Rows rows);

    /**
     * How many failures in a row there are with this one, by what is counted; 0 where it does not belong.
     *
     * @param all of any origin
     * @param answered all but those of local origin: the endpoint answered so, or did not answer in time
     * @param gateway the endpoint, or something before it, said that it cannot serve now
     * @param local no answer at all: connect, TLS, reset
     */
    record Rows(int all, int answered, int gateway, int local) {}
}
