package io.inmesh.samples.quickstart;

/**
 * A server of one pod on one port. Counts what it starts to work on, so that the client's counts can be checked against it.
 *
 * <p>Threads: any.
 */
interface Backend {

    /** Where it listens. */
    int port();

    /** How many requests it began to work on. */
    long started();

    /** Ends as a well-behaved server does: takes no connection more, lets running requests finish. Blocks until they have. */
    void stop();

    /** Ends as a crashed process does: the kernel closes its sockets, and nothing else is ever said. */
    void kill();
}
