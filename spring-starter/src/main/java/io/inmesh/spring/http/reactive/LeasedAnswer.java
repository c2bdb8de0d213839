package io.inmesh.spring.http.reactive;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.spring.http.Failures;
import io.inmesh.spring.http.HttpOutcome;
import java.io.IOException;
import java.net.HttpCookie;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An answer to WebClient and the lease it was got on: the request is in flight until the body has been read, has failed or is cancelled,
 * whichever comes first.
 *
 * <p>Threads: one at a time; whoever cancels may meet the connection's event loop.
 */
final class LeasedAnswer extends ClientHttpResponseDecorator {
    private final HttpHeaders headers;
    private final Lease lease;
    private final String host;
    private final OutcomeClassifier classifier;
    private final boolean usedUpBody;
    private final Outcome outcome;

    /** Written by whoever begins to read, read by whoever gives up before. */
    private volatile boolean begun;

    /**
     * Creates it.
     *
     * @param headers those of the answer, as the caller is to see them
     * @param usedUpBody whether the request had a body that is there only once
     */
    LeasedAnswer(
            ClientHttpResponse answer,
            HttpHeaders headers,
            Lease lease,
            String host,
            OutcomeClassifier classifier,
            boolean usedUpBody) {
        super(answer);
        this.headers = headers;
        this.lease = lease;
        this.host = host;
        this.classifier = classifier;
        this.usedUpBody = usedUpBody;
        this.outcome = HttpOutcome.ofAnswer(classifier, answer.getStatusCode(), answer.getHeaders());
    }

    /** What the status means. */
    Outcome outcome() {
        return outcome;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    /** The server's own, and the session's token where that is a cookie: what was added to the headers stands behind the server's. */
    @Override
    public MultiValueMap<String, ResponseCookie> getCookies() {
        List<String> all = headers.getOrDefault(HttpHeaders.SET_COOKIE, List.of());
        int servers = getDelegate()
                .getHeaders()
                .getOrDefault(HttpHeaders.SET_COOKIE, List.of())
                .size();
        if (all.size() <= servers) {
            return super.getCookies();
        }
        MultiValueMap<String, ResponseCookie> cookies = new LinkedMultiValueMap<>(super.getCookies());
        for (HttpCookie added : HttpCookie.parse(all.get(servers))) {
            cookies.add(
                    added.getName(),
                    ResponseCookie.from(added.getName(), added.getValue())
                            .path(added.getPath())
                            .httpOnly(added.isHttpOnly())
                            .build());
        }
        return cookies;
    }

    /** Whether the request's body cannot be sent again. */
    boolean usedUpBody() {
        return usedUpBody;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody()
                .doOnSubscribe(subscription -> begun = true)
                .onErrorMap(this::failed)
                .doOnComplete(() -> lease.complete(outcome))
                .doOnCancel(() -> lease.complete(outcome)); // Whoever stops early has what it wanted.
    }

    /** Reads the body and throws it away, as {@link UnwantedBody} does. Whether that succeeds only the endpoint's account says. */
    Mono<Void> drained() {
        return UnwantedBody.drained(getBody(), LeasedAnswer::release).onErrorComplete();
    }

    private static long release(DataBuffer part) {
        int bytes = part.readableByteCount();
        DataBufferUtils.release(part);
        return bytes;
    }

    /** Nobody wants the answer any more, and nobody has begun to read it: its connection is closed. */
    void abandoned() {
        if (!begun) {
            UnwantedBody.cancelled(getBody());
        }
    }

    private IOException failed(Throwable error) {
        IOException told = Failures.told(ReactiveClients.plain(error), host, lease.endpoint());
        lease.complete(HttpOutcome.ofBrokenBody(classifier, told));
        return told;
    }
}
