package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import io.inmesh.api.PickContext;
import io.inmesh.api.Sessions;
import org.jspecify.annotations.Nullable;

/**
 * A session over a channel whose service has {@code affinity.mode = strong}: its calls go to one endpoint, until that is neither usable nor
 * draining.
 *
 * <pre>{@code
 * CallSession session = cookie == null ? new CallSession() : new CallSession(cookie);
 * stub.withOption(MeshChannels.SESSION, session).placeOrder(order);
 * setCookie(session.token());
 * }</pre>
 *
 * <p>Threads: any. Of first calls that run at once the one that is sent last decides.
 */
public final class CallSession {
    /** The last endpoint, as requests carry it. Written as an attempt is begun or answered, read by picks. */
    private volatile PickContext context = PickContext.NONE;

    private volatile @Nullable String servedBy;

    /** A new session: the policy places its first call. */
    public CallSession() {}

    /**
     * A session that was begun before, perhaps by another process.
     *
     * @param token as {@link #token()} or {@link Sessions#tokenOf} gave it out, or whatever came in its place
     */
    public CallSession(String token) {
        context = PickContext.NONE.withSession(token);
    }

    /** What brings the session back to its endpoint; null before its first call. */
    public @Nullable String token() {
        return context.session();
    }

    PickContext context() {
        return context;
    }

    /** An attempt goes there, or an answer comes from there; see {@link SessionMove}. */
    void servedBy(Endpoint endpoint) {
        if (!endpoint.id().equals(servedBy)) {
            context = PickContext.NONE.withSession(Sessions.tokenOf(endpoint));
            servedBy = endpoint.id();
        }
    }
}
