package io.inmesh.spring.http;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Stands in for the builder from which Boot gets the connectors of WebClient and of HTTP interfaces on it, so that each of them knows the hosts
 * that are ours.
 *
 * @param <T> what the application's builder makes
 */
public final class MeshConnectorBuilder<T extends ClientHttpConnector>
        implements ClientHttpConnectorBuilder<ClientHttpConnector> {
    private final ClientHttpConnectorBuilder<T> others;
    private final Supplier<MeshHttp> http;

    /**
     * Creates it.
     *
     * @param others builds the connectors for hosts that are not ours
     * @param http asked with the first request
     */
    public MeshConnectorBuilder(ClientHttpConnectorBuilder<T> others, Supplier<MeshHttp> http) {
        this.others = others;
        this.http = http;
    }

    /** The builder that the application would have without inmesh. */
    public ClientHttpConnectorBuilder<T> others() {
        return others;
    }

    @Override
    public ClientHttpConnector build(@Nullable HttpClientSettings settings) {
        return new MeshConnector(
                http, settings == null ? HttpClientSettings.defaults() : settings, others.build(settings));
    }

    /** Customizers are for the application's connector, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another connector is passed over there.
    public ClientHttpConnectorBuilder<ClientHttpConnector> withCustomizers(
            Collection<Consumer<ClientHttpConnector>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshConnectorBuilder<>(others.withCustomizers(theirs), http);
    }
}
