package io.inmesh.spring.http.reactive;

import java.net.URI;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request as WebClient writes it, whose headers are completed before they are sent and whose body is watched.
 *
 * <p>Threads: one at a time, mostly the connection's event loop.
 */
abstract class OutgoingRequest extends ClientHttpRequestDecorator {
    private final URI uri;

    OutgoingRequest(ClientHttpRequest request, URI uri) {
        super(request);
        this.uri = uri;
    }

    /** Changes the headers just before they are sent. */
    abstract void complete(HttpHeaders headers, boolean hasBody);

    /**
     * Asked just before headers and body are sent: false if neither may be.
     *
     * @param repeatable whether the body comes as a Mono and is there any number of times; one that streams is taken to be there once
     */
    boolean mayWrite(boolean repeatable) {
        return true;
    }

    /** The body as it is to be sent. */
    <T> Flux<T> body(Flux<T> body) {
        return body;
    }

    /** True if the body does not go along. */
    boolean dropsBody() {
        return false;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        boolean repeatable = body instanceof Mono;
        if (dropsBody()) {
            Mono<Void> dropped = repeatable
                    ? Flux.from(body).doOnNext(DataBufferUtils::release).then()
                    : Mono.empty();
            return dropped.then(Mono.defer(this::setComplete));
        }
        complete(getHeaders(), true);
        Flux<DataBuffer> watched = body(Flux.from(body));
        // As a Mono the client knows its length, and sends no chunks.
        return written(repeatable, () -> super.writeWith(repeatable ? watched.singleOrEmpty() : watched));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        if (dropsBody()) {
            return setComplete();
        }
        complete(getHeaders(), true);
        Flux<Flux<DataBuffer>> parts = Flux.from(body).map(Flux::from);
        return written(false, () -> super.writeAndFlushWith(body(parts.map(this::body))));
    }

    private Mono<Void> written(boolean repeatable, Supplier<Mono<Void>> writing) {
        return Mono.defer(() -> mayWrite(repeatable) ? writing.get() : Mono.never());
    }

    @Override
    public Mono<Void> setComplete() {
        complete(getHeaders(), false);
        return super.setComplete();
    }
}
