package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.Scheduler.Cancellable;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** GET requests to the API server whose answers may go on for ever. Behind an interface so that watching can be tested without sockets. */
public interface ApiTransport extends AutoCloseable {

    /** Where the API server is, for texts. */
    String url();

    /**
     * Sends a request. Never blocks, be it on the network or on a search for credentials, and never fails: whatever happens is told to
     * the receiver, perhaps before this returns.
     *
     * @param pathAndQuery beginning with a slash
     * @return ends the exchange, from any thread, whatever has come of it so far; the receiver may hear of the end
     */
    Cancellable get(String pathAndQuery, Receiver receiver);

    /**
     * An exchange heard nothing for so long that its path may be dead without a word, and with it connections that wait for their next use
     * (rule W-13): requests from now on should not take those. From any thread, and as often as it happens.
     */
    default void distrustConnections() {
        // Where no connections are kept there is nothing to do.
    }

    /** What is known of that server; the same for all who ask through this. */
    StreamingLists streamingLists();

    /** What keeps requests from being sent at present, for people; empty if nothing does (rule R-7: a credential plugin may wait for a human). */
    Optional<String> heldUpBy();

    /** Ends all exchanges and lets go of connections and threads; receivers of requests not yet sent hear nothing. Waits for nothing. */
    @Override
    void close();

    /** Hears one answer: head, bytes, end, one call after the other on threads of the transport. Without a head only the end. */
    interface Receiver {

        /** Status and headers arrived. */
        void onHead(int status, @Nullable String retryAfter);

        /** A piece of the body, cut anywhere. */
        void onBytes(ByteBuffer bytes);

        /** The answer is over; {@code error} is null if it was whole as far as HTTP can tell. */
        void onEnd(@Nullable Throwable error);
    }
}
