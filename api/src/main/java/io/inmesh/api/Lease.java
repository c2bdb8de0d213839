package io.inmesh.api;

/**
 * One request's hold on an endpoint: from the moment it is begun until it is completed, the endpoint counts one request more in
 * flight. The only object that can report, so there is no second wire to connect.
 *
 * <p>Threads: any; whoever completes first wins, later calls change nothing.
 */
public non-sealed interface Lease extends Pick, AutoCloseable {

    /** Where the request goes. */
    Endpoint endpoint();

    /**
     * Says that the first byte or message of an answer has arrived that is no failure, as far as it can be seen. Latency is measured up to here;
     * without this call, up to completion. An endpoint that was ejected and is tried again has passed with it, so that a stream of hours need not
     * end for that. Optional; a second call, or one after completion, changes nothing.
     */
    void answered();

    /**
     * Says that a stream comes of the request, so that how long it lasts is up to its ends and says nothing of the endpoint. From now on latency is
     * the time to {@link #answered()}, of which observers are told; policies do not read it, since a watch is silent while there is nothing to
     * say, and go by requests in flight. Nothing else that the request takes counts. Said right after the lease is begun; later, or twice, it changes nothing.
     */
    void streams();

    /**
     * Says what the endpoint told of its load along with the answer. Optional; any number of times before completion, and of several the last
     * counts. After completion it changes nothing.
     */
    void report(LoadReport report);

    /**
     * Ends the lease and says what came of the request.
     *
     * @return true if this call ended it, false if it had ended before
     */
    boolean complete(Outcome outcome);

    /** Ends the lease as {@link Outcome#CANCELLED} if nobody spoke before. */
    @Override
    void close();
}
