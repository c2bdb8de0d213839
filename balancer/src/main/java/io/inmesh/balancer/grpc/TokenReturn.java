package io.inmesh.balancer.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.util.ForwardingClientStreamTracer;
import io.inmesh.api.Endpoint;
import io.inmesh.balancer.config.RequestPart;
import io.inmesh.balancer.request.RequestHead;
import io.inmesh.balancer.request.RequestParts;
import io.inmesh.balancer.request.ReturnedToken;
import java.util.List;

/**
 * Tells whoever made a call the token of the endpoint that serves it, in the header or cookie in which the next call of the session is to bring it:
 * as gRFC A55 does, in the answer's metadata, and only if it is another one than came. A tracer around the stream's own, for those streams alone of
 * which there is something to tell.
 *
 * <p>Threads: the stream's transport, one callback after the other but not always from the same thread: hence volatile.
 */
final class TokenReturn extends ForwardingClientStreamTracer {
    private final ClientStreamTracer stream;
    private final ReturnedToken token;
    private volatile boolean told;

    private TokenReturn(ClientStreamTracer stream, ReturnedToken token) {
        this.stream = stream;
        this.token = token;
    }

    /**
     * Of an attempt on that endpoint.
     *
     * @param stream its own tracer
     * @param repeat whether the call was sent elsewhere before: then a session that came with a token stays where it is
     * @return that tracer if there is nothing to tell
     */
    static ClientStreamTracer around(
            ClientStreamTracer stream, RequestPart part, Metadata request, Endpoint endpoint, boolean repeat) {
        String came = RequestParts.valueOf(part, new HeadersAlone(request));
        ReturnedToken token = ReturnedToken.of(part, came, endpoint, repeat);
        return token == null ? stream : new TokenReturn(stream, token);
    }

    @Override
    protected ClientStreamTracer delegate() {
        return stream;
    }

    @Override
    public void inboundHeaders(Metadata headers) {
        super.inboundHeaders(headers);
        tellIn(headers);
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        super.inboundTrailers(trailers);
        tellIn(trailers);
    }

    /** With headers, or with trailers where those are all. What is written into them the caller reads. */
    private void tellIn(Metadata answer) {
        if (told) {
            return;
        }
        told = true;
        if (!token.isAdded()) {
            answer.discardAll(key(token.header()));
        }
        answer.put(key(token.header()), token.value());
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
