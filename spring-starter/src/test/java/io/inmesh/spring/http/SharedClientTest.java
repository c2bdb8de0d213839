package io.inmesh.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import reactor.netty.http.client.HttpClient;

/** RestClient and WebClient of equal settings have one client, with its connections and its TLS, unless the application changes one of them. */
class SharedClientTest {
    private final Mesh mesh = Mesh.builder().build();
    private final MeshHttp http = new MeshHttp(mesh, ConfiguredServices.none(), ExcludedHosts.none(), new Departures());
    private final HttpClientSettings settings = HttpClientSettings.defaults().withReadTimeout(Duration.ofSeconds(7));

    @AfterEach
    void close() {
        http.close();
        mesh.close();
    }

    private HttpClient blocking(ClientHttpRequestFactoryBuilder<?> builder, boolean secure) throws IOException {
        MeshRequestFactory factory = (MeshRequestFactory)
                new MeshRequestFactoryBuilder<>(builder, () -> http, ClientHttpRequestFactoryBuilder::reactor, false)
                        .build(settings);
        return http.client(factory.setup(), secure);
    }

    private HttpClient reactive(ClientHttpConnectorBuilder<?> builder, boolean secure) throws IOException {
        MeshConnector connector = (MeshConnector)
                new MeshConnectorBuilder<>(builder, () -> http, ClientHttpConnectorBuilder::reactor).build(settings);
        return http.client(connector.setup(), secure);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void those_that_nobody_has_changed_share_one(boolean secure) throws IOException {
        HttpClient shared = blocking(ClientHttpRequestFactoryBuilder.reactor(), secure);
        assertThat(reactive(ClientHttpConnectorBuilder.reactor(), secure)).isSameAs(shared);
        assertThat(blocking(ClientHttpRequestFactoryBuilder.jdk(), secure)).isSameAs(shared);
        assertThat(reactive(ClientHttpConnectorBuilder.jdk(), secure)).isSameAs(shared);
        assertThat(blocking(ClientHttpRequestFactoryBuilder.reactor(), !secure)).isNotSameAs(shared);
    }

    @Test
    void one_that_is_changed_is_its_own() throws IOException {
        ReactorClientHttpRequestFactoryBuilder changed = ClientHttpRequestFactoryBuilder.reactor()
                .withHttpClientCustomizer(client -> client.headers(headers -> headers.set("X-Color", "blue")));
        HttpClient own = blocking(changed, false);
        assertThat(own.configuration().headers().get("X-Color")).isEqualTo("blue");
        HttpClient shared = reactive(ClientHttpConnectorBuilder.reactor(), false);
        assertThat(shared).isNotSameAs(own);
        assertThat(shared.configuration().headers().contains("X-Color")).isFalse();
    }
}
