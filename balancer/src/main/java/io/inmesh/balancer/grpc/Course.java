package io.inmesh.balancer.grpc;

/** How gRPC's engine goes on with a call. */
enum Course {
    /** It does not, but for what was not processed. */
    ONCE,
    /** One attempt after the other. */
    RETRIED,
    /** Attempts beside each other. */
    HEDGED
}
