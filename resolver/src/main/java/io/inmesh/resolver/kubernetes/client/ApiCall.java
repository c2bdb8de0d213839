package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.watch.ApiTransport.Receiver;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, sent once more where a newer token is there than the one that was refused (rule W-10).
 *
 * <p>Threads: one sends; answers come on the client's, one call after the other; any may cancel.
 */
final class ApiCall {
    private static final Logger log = LoggerFactory.getLogger(ApiCall.class);

    private static final int UNAUTHORIZED = 401;
    private static final String UNHANDLED = "an answer of the Kubernetes API could not be handled";

    /**
     * The longest an exchange may take, above the longest watch that is asked for. Only a backstop: silence is noticed long before, by {@link
     * ListWatch}, and whoever cancels an exchange ends it, answered or not.
     */
    private static final Duration LONGEST_EXCHANGE = Duration.ofMinutes(11);

    private final Clients clients;
    private final Receiver receiver;

    // What ends the exchanges, of which there are two at most, and the reading of a body; closed by whoever cancels.
    private final CancelSlot firstExchange = new CancelSlot();
    private final CancelSlot secondExchange = new CancelSlot();
    private final CancelSlot reading = new CancelSlot();

    /** Written by whoever cancels, read by the client's threads. */
    private volatile boolean cancelled;

    ApiCall(Clients clients, Receiver receiver) {
        this.clients = clients;
        this.receiver = receiver;
    }

    void send(String pathAndQuery) {
        if (cancelled) {
            return;
        }
        Clients.Client client;
        try {
            client = clients.take();
        } catch (RuntimeException e) { // A kubeconfig that cannot be read, a plugin that gave nothing: no connection.
            end(null, e);
            return;
        }
        try {
            send(client, pathAndQuery, client.settings().authorization().header(), true);
        } catch (RuntimeException e) { // A token file that is gone.
            end(client, e);
        }
    }

    private void send(Clients.Client client, String pathAndQuery, @Nullable String authorization, boolean first) {
        if (cancelled) { // While it waited for the client, or for its token.
            end(client, new CancellationException("cancelled before it was sent"));
            return;
        }
        Answer answer = new Answer(client, authorization, first);
        CompletableFuture<HttpResponse<Void>> sent =
                client.http().sendAsync(request(client.settings(), pathAndQuery, authorization), answer);
        Object unused = sent.whenComplete((response, error) -> {
            String fresh = answer.fresh;
            if (error == null && fresh != null) {
                again(client, pathAndQuery, fresh);
            } else {
                end(client, error);
            }
        });
        (first ? firstExchange : secondExchange)
                .put(() -> sent.cancel(true)); // Unanswered, only this closes its connection.
    }

    private void again(Clients.Client client, String pathAndQuery, String authorization) {
        try {
            send(client, pathAndQuery, authorization, false);
        } catch (RuntimeException e) {
            end(client, e);
        }
    }

    /** Once for each call, by whichever way it ends. */
    private void end(Clients.@Nullable Client client, @Nullable Throwable error) {
        if (client != null) {
            client.release();
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (client != null && isTls(cause)) {
            clients.untrusted(client);
        }
        try {
            receiver.onEnd(cause);
        } catch (RuntimeException bug) {
            log.error(UNHANDLED, bug);
        }
    }

    void cancel() {
        cancelled = true;
        reading.close();
        firstExchange.close();
        secondExchange.close();
    }

    /** What the server says to one sending. */
    private final class Answer implements BodyHandler<Void> {
        private final Clients.Client client;
        private final @Nullable String sent;
        private final boolean first;

        /** What to send again with; written before the answer's end, read behind it. */
        private volatile @Nullable String fresh;

        private Answer(Clients.Client client, @Nullable String sent, boolean first) {
            this.client = client;
            this.sent = sent;
            this.first = first;
        }

        @Override
        public BodySubscriber<Void> apply(ResponseInfo head) {
            if (head.statusCode() == UNAUTHORIZED) {
                fresh = first ? newer() : null;
                if (fresh != null) {
                    return new Body(bytes -> {});
                }
                clients.unauthorized(client);
            }
            receiver.onHead(
                    head.statusCode(), head.headers().firstValue("Retry-After").orElse(null));
            return new Body(receiver::onBytes);
        }

        /** A token that was replaced since it was sent (rule W-10), or null. */
        private @Nullable String newer() {
            try {
                String now = client.settings().authorization().header();
                return now == null || now.equals(sent) ? null : now;
            } catch (RuntimeException e) {
                log.debug("no newer token after a 401", e);
                return null; // The next request says why.
            }
        }
    }

    /** Takes one piece after the other, and none once the call is cancelled. */
    private final class Body implements BodySubscriber<Void> {
        private final Consumer<ByteBuffer> bytes;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        /** Written before the first piece, by the client's threads, one call after the other. */
        private @Nullable Subscription subscription;

        private Body(Consumer<ByteBuffer> bytes) {
            this.bytes = bytes;
        }

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        /** An answer may begin at the very moment at which its request is cancelled: without this its connection would stay open, with nobody to read it. */
        @Override
        public void onSubscribe(Subscription begun) {
            subscription = begun;
            reading.put(begun::cancel);
            begun.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            Subscription begun = Objects.requireNonNull(subscription, "subscription");
            try {
                pieces.forEach(bytes);
                begun.request(1);
            } catch (RuntimeException bug) {
                log.error(UNHANDLED, bug);
                begun.cancel();
                done.completeExceptionally(bug);
            }
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }

    private static HttpRequest request(ClientSettings settings, String pathAndQuery, @Nullable String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.url() + pathAndQuery))
                .header("Accept", "application/json") // Else it would be whatever the server prefers.
                .header("User-Agent", "inmesh")
                .timeout(LONGEST_EXCHANGE);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (settings.proxyAuthorization() != null) {
            request.header("Proxy-Authorization", settings.proxyAuthorization());
        }
        return request.build();
    }

    private static boolean isTls(@Nullable Throwable error) {
        Throwable at = error;
        while (at != null && !(at instanceof SSLException)) {
            at = at.getCause();
        }
        return at != null;
    }
}
