package io.inmesh.spring;

import io.inmesh.spring.http.blocking.MeshRequestFactoryBuilder;
import io.inmesh.spring.http.reactive.MeshConnectorBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;

/**
 * For one HTTP client that is to reach services by DNS, as it would without inmesh, while all others go to pods:
 *
 * <pre>{@code
 * @Bean
 * RestClient legacy(RestClient.Builder builder, ClientHttpRequestFactoryBuilder<?> factories, HttpClientSettings settings) {
 *     return builder.requestFactory(MeshBypass.factories(factories).build(settings)).baseUrl("http://legacy.shop").build();
 * }
 *
 * @Bean
 * WebClient legacyReactive(WebClient.Builder builder, ClientHttpConnectorBuilder<?> connectors, HttpClientSettings settings) {
 *     return builder.clientConnector(MeshBypass.connectors(connectors).build(settings)).baseUrl("http://legacy.shop").build();
 * }
 * }</pre>
 *
 * <p>Hosts that no client is to reach through the mesh are named by {@code inmesh.http.exclude}.
 */
public final class MeshBypass {
    private MeshBypass() {}

    /** The builder that the application would have without inmesh, with its settings and customizers; the same one if it is not ours. */
    public static ClientHttpRequestFactoryBuilder<?> factories(ClientHttpRequestFactoryBuilder<?> builder) {
        return builder instanceof MeshRequestFactoryBuilder<?> ours ? ours.others() : builder;
    }

    /** The same for WebClient. */
    public static ClientHttpConnectorBuilder<?> connectors(ClientHttpConnectorBuilder<?> builder) {
        if (builder instanceof BypassingConnectorBuilder<?> bypassing) {
            return bypassing.others(); // Without Reactor Netty, where our own class may not be looked at.
        }
        return builder instanceof MeshConnectorBuilder<?> ours ? ours.others() : builder;
    }
}
