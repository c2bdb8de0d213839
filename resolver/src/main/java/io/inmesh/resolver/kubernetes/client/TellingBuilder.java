package io.inmesh.resolver.kubernetes.client;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Builds what the JDK builds, as a {@link TellingClient}. */
final class TellingBuilder implements HttpClient.Builder {
    private final HttpClient.Builder jdk;
    private final OpenRequests requests;

    TellingBuilder(HttpClient.Builder jdk, OpenRequests requests) {
        this.jdk = jdk;
        this.requests = requests;
    }

    @Override
    public HttpClient build() {
        return new TellingClient(jdk.build(), requests);
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler cookieHandler) {
        jdk.cookieHandler(cookieHandler);
        return this;
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
        jdk.connectTimeout(duration);
        return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext sslContext) {
        jdk.sslContext(sslContext);
        return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters sslParameters) {
        jdk.sslParameters(sslParameters);
        return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
        jdk.executor(executor);
        return this;
    }

    @Override
    public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
        jdk.followRedirects(policy);
        return this;
    }

    @Override
    public HttpClient.Builder version(HttpClient.Version version) {
        jdk.version(version);
        return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
        jdk.priority(priority);
        return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector proxySelector) {
        jdk.proxy(proxySelector);
        return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
        jdk.authenticator(authenticator);
        return this;
    }
}
