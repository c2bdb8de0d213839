package io.inmesh.spring.http.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.Departures;
import io.inmesh.spring.http.ExcludedHosts;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.wire.WireClient;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import reactor.netty.http.client.HttpClient;

/** Clients of equal settings share connections and TLS, unless the application changes one of them. */
class SharedClientTest {
    private final Mesh mesh = Mesh.builder().build();
    private final MeshHttp http = new MeshHttp(mesh, ConfiguredServices.none(), ExcludedHosts.none(), new Departures());
    private final HttpClientSettings settings = HttpClientSettings.defaults().withReadTimeout(Duration.ofSeconds(7));

    @AfterEach
    void close() {
        http.close();
        mesh.close();
    }

    private HttpClient reactive(Supplier<ReactorClientHttpConnectorBuilder> builder, boolean secure)
            throws IOException {
        return http.connections(ReactiveClients.class, ReactiveClients::new).client(settings, secure, builder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void those_that_nobody_has_changed_share_one(boolean secure) throws IOException {
        HttpClient shared = reactive(ClientHttpConnectorBuilder::reactor, secure);
        assertThat(reactive(ClientHttpConnectorBuilder::reactor, secure)).isSameAs(shared);
        assertThat(reactive(ClientHttpConnectorBuilder::reactor, !secure)).isNotSameAs(shared);
    }

    @Test
    void one_that_is_changed_is_its_own() throws IOException {
        ReactorClientHttpConnectorBuilder changed = ClientHttpConnectorBuilder.reactor()
                .withHttpClientCustomizer(client -> client.headers(headers -> headers.set("X-Color", "blue")));
        HttpClient own = reactive(() -> changed, false);
        assertThat(own.configuration().headers().get("X-Color")).isEqualTo("blue");
        HttpClient shared = reactive(ClientHttpConnectorBuilder::reactor, false);
        assertThat(shared).isNotSameAs(own);
        assertThat(shared.configuration().headers().contains("X-Color")).isFalse();
    }

    @Test
    void those_that_block_have_one_for_all() throws IOException {
        WireClient shared = http.connections(WireClient.class, WireClient::new);
        assertThat(http.connections(WireClient.class, WireClient::new)).isSameAs(shared);
        assertThat(shared.tls(null)).isSameAs(shared.tls(null));
    }
}
