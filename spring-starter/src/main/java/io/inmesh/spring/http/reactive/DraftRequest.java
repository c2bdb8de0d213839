package io.inmesh.spring.http.reactive;

import java.net.URI;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequest;
import reactor.core.publisher.Mono;

/**
 * A request of WebClient before there is a connection: WebClient says what a request has while it writes it, and where it is to be written depends on
 * that. Nothing of its body is asked for.
 */
final class DraftRequest extends AbstractClientHttpRequest {
    private final HttpMethod method;
    private final URI uri;

    private DraftRequest(HttpMethod method, URI uri) {
        this.method = method;
        this.uri = uri;
    }

    /** What the writer says of its request. */
    static DraftRequest of(HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> writer) {
        DraftRequest draft = new DraftRequest(method, uri);
        try {
            Mono<Void> unused = writer.apply(draft);
        } catch (RuntimeException e) {
            // Such as of one who wants the library's own request, which this is not. WebClient has said headers,
            // cookies
            // and attributes by then; and what is wrong in truth each attempt will say again.
            return draft;
        }
        return draft;
    }

    /** Headers, and cookies as headers. */
    HttpHeaders head() {
        HttpHeaders head = HttpHeaders.copyOf(getHeaders());
        for (var cookies : getCookies().values()) {
            for (HttpCookie cookie : cookies) {
                head.add(HttpHeaders.COOKIE, cookie.getName() + "=" + cookie.getValue());
            }
        }
        return head;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // As in Spring's own.
    public <T> T getNativeRequest() {
        throw new IllegalStateException(
                "this request is not sent yet (expected: to be asked again with the one that is)");
    }

    @Override
    public DataBufferFactory bufferFactory() {
        return DefaultDataBufferFactory.sharedInstance;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> setComplete() {
        return Mono.empty();
    }

    @Override
    protected void applyHeaders() {}

    @Override
    protected void applyCookies() {}
}
