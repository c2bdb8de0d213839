package io.inmesh.spring.http.reactive;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.Rejection;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.spring.http.Declared;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.HttpHead;
import io.inmesh.spring.http.Redirect;
import io.inmesh.spring.http.Route;
import io.inmesh.spring.http.SessionToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * A request of WebClient to a host of ours: waits for the service if need be, without a thread, picks a pod, picks another if the request is safe to
 * repeat, and follows redirects, each to wherever its own host belongs.
 *
 * <p>An answer comes on a thread of the HTTP client, or, where it met a timer of its own call, on one of Reactor's parallel ones, as errors do: never on
 * a thread of the mesh, which callers could hold up.
 */
final class MeshCall {
    private final MeshConnector connector;
    private final Destination destination;
    private final HttpMethod method;
    private final Function<? super ClientHttpRequest, Mono<Void>> writer;
    private final int redirectsLeft;

    /**
     * Creates it.
     *
     * @param connector sends what an answer redirects
     * @param writer writes the request, once for each attempt
     * @param redirectsLeft how many redirects are followed at most
     */
    MeshCall(
            MeshConnector connector,
            Destination destination,
            HttpMethod method,
            Function<? super ClientHttpRequest, Mono<Void>> writer,
            int redirectsLeft) {
        this.connector = connector;
        this.destination = destination;
        this.method = method;
        this.writer = writer;
        this.redirectsLeft = redirectsLeft;
    }

    /** Sends it. */
    Mono<ClientHttpResponse> on(Route route) {
        return Mono.deferContextual(context -> {
            CompletableFuture<LoadBalancer> balancer = balancer(route);
            boolean atOnce = balancer.isDone();
            Mono<LoadBalancer> known = Mono.fromFuture(balancer);
            Mono<LeasedAnswer> answer = (atOnce ? known : known.publishOn(Schedulers.parallel()))
                    .flatMap(found -> attempts(found, context))
                    .onErrorResume(error -> Mono.<LeasedAnswer>error(error).publishOn(Schedulers.parallel()));
            // Whoever cancels may meet the answer on its way: then nobody else will give it up.
            return answer.flatMap(MeshCall::awayFromTheMesh)
                    .flatMap(this::redirected)
                    .doOnDiscard(LeasedAnswer.class, LeasedAnswer::abandoned);
        });
    }

    /** The service's balancer, waited for no longer than start-up may take. The caller's own future. */
    private CompletableFuture<LoadBalancer> balancer(Route route) {
        Mesh mesh = destination.http().mesh();
        Route.Search search = route.search();
        CompletableFuture<LoadBalancer> found = search.found.handle((balancer, error) -> {
            if (error != null) {
                throw new CompletionException(refusal(String.valueOf(error.getMessage()), error));
            }
            return balancer;
        });
        if (!found.isDone()) {
            Cancellable limit = mesh.engine()
                    .scheduler()
                    .schedule(
                            () -> {
                                Rejection rejection = search.soFar();
                                found.completeExceptionally(refusal(
                                        rejection == null
                                                ? route.first() + ": nothing has been heard of it"
                                                : rejection.text(),
                                        null));
                            },
                            mesh.startupWait());
            Object unused = found.whenComplete((balancer, error) -> limit.cancel());
        }
        return found;
    }

    private static ConnectException refusal(String text, @Nullable Throwable cause) {
        ConnectException refusal = new ConnectException(text);
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }

    private Mono<LeasedAnswer> attempts(LoadBalancer balancer, ContextView context) {
        Mesh mesh = destination.http().mesh();
        DraftRequest draft = DraftRequest.of(method, destination.uri(), writer);
        Declared declared = Declared.in(draft.getAttributes());
        RequestRules rules = mesh.rules(balancer);
        HttpHead head = new HttpHead(method, destination.uri(), rules.isEmpty() ? HttpHeaders.EMPTY : head(draft));
        PickContext picks = rules.contextOf(head, declared.context());
        ReactivePodExchange exchange = new ReactivePodExchange(
                destination,
                connector.builder(),
                connector.cookies(),
                method,
                writer,
                context,
                SessionToken.of(rules, head));
        Attempts attempts = mesh.attempts(balancer);
        // Cancelling the caller's Mono cancels the future, which takes back all attempts.
        return Mono.fromFuture(() ->
                CallersObservation.inScope(context, () -> attempts.send(picks, declared.safety(method), exchange)));
    }

    private HttpHeaders head(DraftRequest draft) {
        try {
            return connector.cookies().addedTo(draft.head(), destination.uri());
        } catch (IOException e) {
            throw new UncheckedIOException("the cookies for " + destination.host() + " cannot be read", e);
        }
    }

    /** Threads of the HTTP client are known to Reactor as such that must not block, and those of the mesh are not. */
    private static Mono<LeasedAnswer> awayFromTheMesh(LeasedAnswer answer) {
        Mono<LeasedAnswer> here = Mono.just(answer);
        return Schedulers.isInNonBlockingThread() ? here : here.publishOn(Schedulers.parallel());
    }

    private Mono<ClientHttpResponse> redirected(LeasedAnswer answer) {
        try {
            connector.cookies().keep(destination.uri(), answer.getHeaders());
        } catch (IOException e) {
            return answer.drained().then(Mono.error(new UncheckedIOException(e)));
        }
        String location = answer.getHeaders().getFirst(HttpHeaders.LOCATION);
        Optional<Redirect> redirect = redirectsLeft == 0
                ? Optional.empty()
                : Redirect.of(destination.uri(), method, answer.getStatusCode().value(), location);
        if (redirect.isEmpty() || (redirect.get().keepsBody() && answer.usedUpBody())) {
            return Mono.<ClientHttpResponse>just(answer).doOnCancel(answer::abandoned);
        }
        Redirect next = redirect.get();
        return answer.drained()
                .then(connector.connect(
                        next.method(),
                        next.uri(),
                        request -> writer.apply(new RedirectedRequest(request, next, destination.uri())),
                        redirectsLeft - 1));
    }
}
