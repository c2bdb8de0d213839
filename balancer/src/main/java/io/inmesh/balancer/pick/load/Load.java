package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;

/** What an endpoint carries, as one number: of two, the one with less per weight is chosen. */
@FunctionalInterface
interface Load {
    /** What an active connection costs as against an idle one in IPVS ({@code ip_vs_dest_conn_overhead}). */
    int ACTIVE_COST = 256;

    /** IPVS's overhead of connections: 256 for each that is active, 1 for each that is idle. */
    Load CONNECTIONS = (endpoint, now) -> overhead(endpoint.inFlight(), endpoint.idleConnections());

    /** Requests in flight. */
    Load REQUESTS = (endpoint, now) -> endpoint.inFlight();

    /** Requests in flight once the next one is there: what it would wait behind, itself included. Idle connections do not count. */
    Load EXPECTED_DELAY = (endpoint, now) -> endpoint.inFlight() + 1.0;

    /** 0 or more; {@code now} is the clock's nanoseconds where the load is one that ages, else 0. */
    double of(EndpointView endpoint, long now);

    /** What connections cost. */
    static double overhead(int active, int idle) {
        return (double) ACTIVE_COST * active + idle;
    }
}
