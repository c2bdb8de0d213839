package io.inmesh.spring.http;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.client.ClientHttpRequestFactory;

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

    /**
     * Creates it.
     *
     * @param others builds the factories for hosts that are not ours
     * @param http asked with the first request
     */
    public MeshRequestFactoryBuilder(ClientHttpRequestFactoryBuilder<T> others, Supplier<MeshHttp> http) {
        this.others = others;
        this.http = http;
    }

    /** The builder that the application would have without inmesh. */
    public ClientHttpRequestFactoryBuilder<T> others() {
        return others;
    }

    @Override
    public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
        return new MeshRequestFactory(
                http, settings == null ? HttpClientSettings.defaults() : settings, others.build(settings));
    }

    /** Customizers are for the application's factory, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another factory is passed over there.
    public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
            Collection<Consumer<ClientHttpRequestFactory>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshRequestFactoryBuilder<>(others.withCustomizers(theirs), http);
    }
}
