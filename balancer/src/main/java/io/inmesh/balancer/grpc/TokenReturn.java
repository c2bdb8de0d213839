package io.inmesh.balancer.grpc;

import io.grpc.Metadata;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Sessions;
import io.inmesh.balancer.config.RequestPart;
import io.inmesh.balancer.request.RequestHead;
import io.inmesh.balancer.request.RequestParts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whoever made a call the token of the endpoint that serves it, in the header or cookie in which the next call of the session is to bring it:
 * as gRFC A55 does, in the answer's metadata, and only if it is another one than came.
 */
final class TokenReturn {
    private final RequestPart part;
    private final Endpoint endpoint;

    private TokenReturn(RequestPart part, Endpoint endpoint) {
        this.part = part;
        this.endpoint = endpoint;
    }

    /**
     * For an attempt on that endpoint.
     *
     * @param repeat whether the call was sent elsewhere before: then a session that came with a token stays where it is
     * @return null if there is nothing to tell
     */
    static @Nullable TokenReturn of(RequestPart part, Metadata request, Endpoint endpoint, boolean repeat) {
        String came = RequestParts.valueOf(part, new HeadersAlone(request));
        boolean stays = came != null && (repeat || came.equals(Sessions.tokenOf(endpoint)));
        return stays ? null : new TokenReturn(part, endpoint);
    }

    /** Writes it there. */
    void into(Metadata answer) {
        String token = Sessions.tokenOf(endpoint);
        if (part.kind() == RequestPart.Kind.COOKIE) {
            answer.put(key("set-cookie"), part.name() + "=" + token + "; Path=/; HttpOnly");
        } else {
            answer.discardAll(key(part.name())); // A server that knows nothing of this may send back what came.
            answer.put(key(part.name()), token);
        }
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** A token is in a header or a cookie, nowhere else. */
    private record HeadersAlone(Metadata metadata) implements RequestHead {
        @Override
        public List<String> headers(String name) {
            return CallRules.valuesOf(metadata, name);
        }

        @Override
        public String path() {
            return "";
        }

        @Override
        public String method() {
            return "";
        }
    }
}
