package io.inmesh.balancer.request;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Sessions;
import io.inmesh.balancer.config.RequestPart;
import org.jspecify.annotations.Nullable;

/**
 * How an answer tells the token of the endpoint that gave it, for the next request of the session to bring it: as gRFC A55 does, and only if it is
 * another one than came.
 *
 * @param header which header of the answer, in lower case
 * @param value what stands there
 * @param isAdded whether it stands beside others of that name; else in their place, since a server that knows nothing of this may send back what came
 */
public record ReturnedToken(String header, String value, boolean isAdded) {

    /**
     * Of a request that was sent to that endpoint.
     *
     * @param part where requests carry the token
     * @param came what the request brought there, if anything
     * @param repeat whether it was sent elsewhere before: then a session that came with a token stays where it is
     * @return null if there is nothing to tell
     */
    public static @Nullable ReturnedToken of(
            RequestPart part, @Nullable String came, Endpoint endpoint, boolean repeat) {
        String token = Sessions.tokenOf(endpoint);
        if (came != null && (repeat || came.equals(token))) {
            return null;
        }
        return part.kind() == RequestPart.Kind.COOKIE
                ? new ReturnedToken("set-cookie", part.name() + "=" + token + "; Path=/; HttpOnly", true)
                : new ReturnedToken(part.name(), token, false);
    }
}
