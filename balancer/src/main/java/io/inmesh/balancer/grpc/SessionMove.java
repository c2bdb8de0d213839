package io.inmesh.balancer.grpc;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Sessions;
import org.jspecify.annotations.Nullable;

/**
 * Where a call takes its session: to the endpoint of its first attempt, to that of a repeat if the one before has failed, and in the end to that of the
 * attempt that answered, which may have been a hedge. A session whose own endpoint was tried stays there, whoever answers.
 *
 * <p>Threads: under the lock of the call's attempts.
 */
final class SessionMove {
    private final CallSession session;
    private final @Nullable String home;
    private boolean homeTried;

    /** Of that session, which had this token as the call began, or null. */
    SessionMove(CallSession session, @Nullable String home) {
        this.session = session;
        this.home = home;
    }

    /** An attempt goes there that is not beside another. */
    void goesTo(Endpoint endpoint) {
        if (!homeTried) {
            homeTried = Sessions.tokenOf(endpoint).equals(home);
            session.servedBy(endpoint);
        }
    }

    /** An answer comes from there. */
    void isAnsweredBy(Endpoint endpoint) {
        if (!homeTried) {
            session.servedBy(endpoint);
        }
    }
}
