package io.inmesh.spring.http.reactive;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.balancer.attempt.AsyncExchange;
import io.inmesh.spring.http.Cookies;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.FailedAttempts;
import io.inmesh.spring.http.Failures;
import io.inmesh.spring.http.HttpOutcome;
import io.inmesh.spring.http.SessionToken;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.util.context.ContextView;

/**
 * One HTTP request of WebClient, sent to one pod after the other as {@link io.inmesh.balancer.attempt.Attempts} says. Each attempt writes the request
 * anew, as a subscription that is repeated would; a body that streams may be there only once, so once it was begun nothing is sent again.
 *
 * <p>Threads: any; no method waits.
 */
final class ReactivePodExchange implements AsyncExchange<LeasedAnswer> {
    private final Destination destination;
    private final Supplier<ReactorClientHttpConnectorBuilder> builder;
    private final Cookies cookies;
    private final OutcomeClassifier classifier;
    private final HttpMethod method;
    private final Function<? super ClientHttpRequest, Mono<Void>> writer;
    private final ContextView context;
    private final SessionToken session;
    private final FailedAttempts failures;

    /**
     * The attempt that writes a body that is there only once; of hedged attempts whose connections were long in coming, the first. Null where there is no
     * such body, or as long as none has begun. Set once by an event loop, read by whoever decides on another attempt.
     */
    private final AtomicReference<@Nullable ReactiveSending> bodysOwner = new AtomicReference<>();

    /**
     * Creates it.
     *
     * @param builder gives the application's for Reactor Netty
     * @param writer writes the request, once for each attempt
     * @param context of the caller's subscription, which attempts see too
     */
    ReactivePodExchange(
            Destination destination,
            Supplier<ReactorClientHttpConnectorBuilder> builder,
            Cookies cookies,
            HttpMethod method,
            Function<? super ClientHttpRequest, Mono<Void>> writer,
            ContextView context,
            SessionToken session) {
        this.destination = destination;
        this.builder = builder;
        this.cookies = cookies;
        this.classifier = destination.http().mesh().engine().classifier();
        this.method = method;
        this.writer = writer;
        this.context = context;
        this.session = session;
        this.failures = new FailedAttempts(destination.host(), classifier);
    }

    @Override
    public CompletableFuture<LeasedAnswer> send(Lease lease) {
        ReactiveSending sending = new ReactiveSending();
        return AnswerFuture.of(addressOf(lease.endpoint())
                .flatMap(address -> connect(address, lease, sending))
                .onErrorMap(
                        error -> failures.told(lease.endpoint(), ReactiveClients.plain(error), sending, canSendAgain()))
                .contextWrite(context));
    }

    private Mono<InetSocketAddress> addressOf(Endpoint endpoint) {
        Mono<InetSocketAddress> address = Mono.fromCallable(() -> destination.addressOf(endpoint));
        return Destination.isNumbered(endpoint) ? address : address.subscribeOn(Schedulers.boundedElastic());
    }

    private Mono<LeasedAnswer> connect(InetSocketAddress address, Lease lease, ReactiveSending sending) {
        int attempt = session.attempt();
        try {
            return new ReactorClientHttpConnector(clientFor(address, sending))
                    .connect(method, destination.pathAndQuery(), request -> write(request, sending))
                    .map(answer -> new LeasedAnswer(
                            answer,
                            session.addedTo(answer.getHeaders(), lease.endpoint(), attempt),
                            lease,
                            destination.host(),
                            classifier,
                            !canSendAgain()));
        } catch (ConnectException e) {
            return Mono.error(e);
        }
    }

    private HttpClient clientFor(InetSocketAddress address, ReactiveSending sending) throws ConnectException {
        return destination
                .http()
                .connections(ReactiveClients.class, ReactiveClients::new)
                .client(destination.settings(), destination.isSecure(), builder)
                .remoteAddress(() -> address)
                .doOnRequest((request, connection) -> sending.carriedBy(connection))
                .doAfterResponseSuccess((answer, connection) -> sending.leaves(connection));
    }

    private Mono<Void> write(ClientHttpRequest request, ReactiveSending sending) {
        Outgoing outgoing = new Outgoing(request, destination.uri(), sending);
        return Mono.defer(() -> writer.apply(outgoing)).doOnError(error -> {
            // It did not come so far that a connection could fail; or it has what no request may have, a header with a
            // line break say, which is found out when it is about to be sent.
            if (!outgoing.isCommitted() || error instanceof IllegalArgumentException) {
                sending.bodyFailed(error);
            }
        });
    }

    @Override
    public Outcome outcomeOf(LeasedAnswer answer) {
        return answer.outcome();
    }

    @Override
    public Outcome outcomeOf(Throwable error) {
        return failures.outcomeOf(error);
    }

    @Override
    public boolean canSendAgain() {
        return bodysOwner.get() == null;
    }

    /** An answer's body is read by the caller, and its request is in flight until then. */
    @Override
    public boolean keepsLease() {
        return true;
    }

    @Override
    public void discard(LeasedAnswer answer) {
        if (HttpOutcome.isWorthReading(answer.outcome())) {
            answer.drained().subscribe();
        } else {
            answer.abandoned();
        }
    }

    @Override
    public Throwable failure(Exception reason) {
        return Failures.ofNobody(reason, destination.host());
    }

    @Override
    public String toString() {
        return method + " " + destination.uri();
    }

    /** The request of one attempt. */
    private final class Outgoing extends OutgoingRequest {
        private final ReactiveSending sending;

        private Outgoing(ClientHttpRequest request, URI uri, ReactiveSending sending) {
            super(request, uri);
            this.sending = sending;
        }

        @Override
        void complete(HttpHeaders headers, boolean hasBody) {
            destination.complete(headers, method, hasBody);
            try {
                // Copied, since what may come back is the same object.
                headers.putAll(HttpHeaders.copyOf(cookies.addedTo(headers, destination.uri())));
            } catch (IOException e) {
                throw new IllegalStateException("the cookies for " + destination.host() + " cannot be read", e);
            }
        }

        /** Who finds the only body taken by another attempt sends nothing, and is given up when that one ends. */
        @Override
        boolean mayWrite(boolean repeatable) {
            return repeatable || bodysOwner.compareAndSet(null, sending) || bodysOwner.get() == sending;
        }

        @Override
        <T> Flux<T> body(Flux<T> body) {
            return body.doOnSubscribe(subscription -> sending.bodyBegun()).doOnError(sending::bodyFailed);
        }
    }
}
