package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The JDK's client, telling {@link OpenRequests} of each request that it sends; every other word is passed on. */
final class TellingClient extends HttpClient {
    private final HttpClient jdk;
    private final OpenRequests requests;

    TellingClient(HttpClient jdk, OpenRequests requests) {
        this.jdk = jdk;
        this.requests = requests;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler) {
        CancelSlot reading = new CancelSlot();
        CompletableFuture<HttpResponse<T>> exchange = jdk.sendAsync(
                withoutFragment(request), head -> new AbandonableBody<>(responseBodyHandler.apply(head), reading));
        requests.sent(request.uri(), () -> {
            exchange.cancel(true);
            reading.close();
        });
        return exchange;
    }

    /** The JDK writes a URI to a proxy of plain HTTP as it is, fragment and all. */
    private static HttpRequest withoutFragment(HttpRequest request) {
        String uri = request.uri().toString();
        int fragment = uri.indexOf('#');
        return fragment < 0
                ? request
                : HttpRequest.newBuilder(request, (name, value) -> true)
                        .uri(URI.create(uri.substring(0, fragment)))
                        .build();
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            HttpResponse.BodyHandler<T> responseBodyHandler,
            HttpResponse.PushPromiseHandler<T> pushPromiseHandler) {
        return jdk.sendAsync(request, responseBodyHandler, pushPromiseHandler);
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> responseBodyHandler)
            throws IOException, InterruptedException {
        return jdk.send(request, responseBodyHandler);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return jdk.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return jdk.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return jdk.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return jdk.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return jdk.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return jdk.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return jdk.authenticator();
    }

    @Override
    public Version version() {
        return jdk.version();
    }

    @Override
    public Optional<Executor> executor() {
        return jdk.executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return jdk.newWebSocketBuilder();
    }
}
