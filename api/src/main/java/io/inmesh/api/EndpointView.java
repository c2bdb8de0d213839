package io.inmesh.api;

/**
 * The long-lived handle of one endpoint inside one balancer: what a picker may read of it, and where a request begins. It lives as
 * long as the endpoint is in the set, across all pickers.
 *
 * <p>Threads: any. The numbers are moments of moving counters; read each once per decision.
 */
public non-sealed interface EndpointView extends Choice {

    /** The endpoint as last published. */
    Endpoint endpoint();

    /** Requests begun and not completed, in this process. */
    int inFlight();

    /**
     * Smoothed time to the answer, in nanoseconds; {@link Double#NaN} while unknown. Filled only if the policy, or an observer,
     * reads latency ({@link PickerFactory#readsLatency()}).
     */
    double latencyNanos();

    /** The same at a moment that the caller has read off the clock already, which spares another look at it. */
    default double latencyNanos(long nowNanos) {
        return latencyNanos();
    }

    /** Connections kept open to it without a request, as the door reports them; 0 where it reports none. */
    default int idleConnections() {
        return 0;
    }

    /** Whether its door is connected to it, where that keeps one connection to each endpoint. For people. */
    default Connection connection() {
        return Connection.UNTOLD;
    }

    /** The weight to balance by now: that of the endpoint, times what stages make of it. Never negative; changes only between pickers. */
    double weight();

    /**
     * Whether it is trusted with requests now, and why if it is not. For people, and for pickers while they are made: they are made of those that
     * may be chosen, and an ejected one may where too few are healthy. A policy that compares endpoints is made anew when that changes.
     */
    default Verdict verdict() {
        return Verdict.HEALTHY;
    }

    /** Counts a request in and hands out its lease. Allocates the lease and nothing else. */
    Lease begin();

    /** What the connection to an endpoint is like. */
    enum Connection {
        /** The door has many connections, or none that it knows of. */
        UNTOLD,
        /** There is none: nobody has needed one, or it is closed. */
        NONE,
        /** It is being made. */
        CONNECTING,
        /** Requests can be sent over it. */
        READY,
        /** It cannot be made now, and is tried again; {@link #verdict()} says why. */
        FAILED
    }
}
