package io.inmesh.spring.http;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
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

    /**
     * Creates it.
     *
     * @param others builds the factories for hosts that are not ours
     * @param http asked with the first request
     * @param reactor the application's builder for Reactor Netty, asked for if {@code others} is none
     */
    public MeshRequestFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> others,
            Supplier<MeshHttp> http,
            Supplier<ReactorClientHttpRequestFactoryBuilder> reactor) {
        this(others, http, customizerOf(others, reactor));
    }

    private MeshRequestFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> others, Supplier<MeshHttp> http, UnaryOperator<HttpClient> customizer) {
        this.others = others;
        this.http = http;
        this.customizer = customizer;
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
        return new MeshRequestFactory(http, new ClientSetup(said, customizer), others.build(settings));
    }

    /** Customizers are for the application's factory, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another factory is passed over there.
    public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
            Collection<Consumer<ClientHttpRequestFactory>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshRequestFactoryBuilder<>(others.withCustomizers(theirs), http, customizer);
    }
}
