package io.inmesh.spring.http;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import reactor.netty.http.client.HttpClient;

/**
 * Stands in for the builder from which Boot gets the request factories of RestClient, RestTemplate and HTTP interfaces, so that each of them
 * knows the hosts that are ours.
 *
 * @param <T> what the application's builder makes
 */
public final class MeshRequestFactoryBuilder<T extends ClientHttpRequestFactory>
        implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {
    private final ClientHttpRequestFactoryBuilder<T> others;
    private final Supplier<MeshHttp> http;
    private final UnaryOperator<HttpClient> customizer;

    /** Whether nothing that the application says can make building fail but its settings. */
    private final boolean unchanged;

    /**
     * Creates it.
     *
     * @param others builds the factories for hosts that are not ours
     * @param http asked with the first request
     * @param reactor the application's builder for Reactor Netty, asked for if {@code others} is none
     * @param unchanged whether {@code others} is as Boot made it
     */
    public MeshRequestFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> others,
            Supplier<MeshHttp> http,
            Supplier<ReactorClientHttpRequestFactoryBuilder> reactor,
            boolean unchanged) {
        this(others, http, customizerOf(others, reactor), unchanged);
    }

    private MeshRequestFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> others,
            Supplier<MeshHttp> http,
            UnaryOperator<HttpClient> customizer,
            boolean unchanged) {
        this.others = others;
        this.http = http;
        this.customizer = customizer;
        this.unchanged = unchanged;
    }

    /** What the application does to its Reactor Netty client, or would do if it had one, is done to ours. */
    private static UnaryOperator<HttpClient> customizerOf(
            ClientHttpRequestFactoryBuilder<?> others, Supplier<ReactorClientHttpRequestFactoryBuilder> reactor) {
        return ClientSetup.customizedBy((ours, seen) -> {
            ReactorClientHttpRequestFactoryBuilder builder =
                    others instanceof ReactorClientHttpRequestFactoryBuilder theirs ? theirs : reactor.get();
            Object unused = builder.withHttpClientFactory(() -> ours)
                    .withoutHttpClientDefaults() // A proxy of the system's properties does not lead to pods.
                    .withHttpClientCustomizer(seen)
                    .build(ClientSetup.UNCHANGED);
        });
    }

    /** The builder that the application would have without inmesh. */
    public ClientHttpRequestFactoryBuilder<T> others() {
        return others;
    }

    @Override
    public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
        HttpClientSettings said = settings == null ? HttpClientSettings.defaults() : settings;
        ClientHttpRequestFactory elsewhere =
                mayBeLate(said) ? new LateRequestFactory(() -> others.build(settings)) : others.build(settings);
        return new MeshRequestFactory(http, new ClientSetup(said, customizer), elsewhere);
    }

    /** What could be wrong is to be said now, while the application starts, and not by the first request. */
    private boolean mayBeLate(HttpClientSettings said) {
        return unchanged
                && others instanceof JdkClientHttpRequestFactoryBuilder
                && said.sslBundle() == null
                && isPlain(said.connectTimeout())
                && isPlain(said.readTimeout());
    }

    private static boolean isPlain(@Nullable Duration limit) {
        return limit == null || (!limit.isNegative() && !limit.isZero());
    }

    /** Customizers are for the application's factory, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another factory is passed over there.
    public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
            Collection<Consumer<ClientHttpRequestFactory>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshRequestFactoryBuilder<>(
                others.withCustomizers(theirs), http, customizer, unchanged && customizers.isEmpty());
    }
}
