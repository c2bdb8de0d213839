package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.MeshHttp;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
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
    private final Supplier<ReactorClientHttpConnectorBuilder> reactor;

    /**
     * Creates it.
     *
     * @param others builds the connectors for hosts that are not ours
     * @param http asked with the first request
     * @param reactor the application's builder for Reactor Netty, asked for if {@code others} is none
     */
    public MeshConnectorBuilder(
            ClientHttpConnectorBuilder<T> others,
            Supplier<MeshHttp> http,
            Supplier<ReactorClientHttpConnectorBuilder> reactor) {
        this.others = others;
        this.http = http;
        this.reactor = others instanceof ReactorClientHttpConnectorBuilder theirs ? () -> theirs : reactor;
    }

    /** The builder that the application would have without inmesh. */
    public ClientHttpConnectorBuilder<T> others() {
        return others;
    }

    @Override
    public ClientHttpConnector build(@Nullable HttpClientSettings settings) {
        HttpClientSettings said = settings == null ? HttpClientSettings.defaults() : settings;
        return new MeshConnector(http, said, reactor, others.build(settings));
    }

    /** Customizers are for the application's connector, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another connector is passed over there.
    public ClientHttpConnectorBuilder<ClientHttpConnector> withCustomizers(
            Collection<Consumer<ClientHttpConnector>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshConnectorBuilder<>(others.withCustomizers(theirs), http, reactor);
    }
}
