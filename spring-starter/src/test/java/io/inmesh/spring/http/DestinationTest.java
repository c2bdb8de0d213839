package io.inmesh.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.Mesh;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;

/** A URL as a connection to a pod sees it. */
class DestinationTest {
    private final Mesh mesh = Mesh.builder().build();
    private final MeshHttp http = new MeshHttp(mesh, ConfiguredServices.none(), ExcludedHosts.none(), new Departures());

    @AfterEach
    void close() {
        http.close();
        mesh.close();
    }

    private Destination of(String uri) {
        return new Destination(http, HttpClientSettings.defaults(), URI.create(uri));
    }

    @ParameterizedTest
    @CsvSource({
        "http://orders.shop, /",
        "http://orders.shop?x=1, /?x=1",
        "http://orders.shop/a//b?x=%27#part, /a//b?x=%27",
        "http://orders.shop//, //",
        "http://orders.shop/caf\u00e9?q=\u20ac, /caf%C3%A9?q=%E2%82%AC"
    })
    void the_first_line_has_path_and_query_as_they_are_said_in_ascii(String uri, String target) {
        assertThat(of(uri).target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({"http://orders.shop/, orders.shop", "http://orders.shop:8080/, orders.shop:8080"})
    void the_peer_sees_the_services_name(String uri, String host) throws IOException {
        HttpHeaders headers = new HttpHeaders();
        of(uri).complete(headers);
        assertThat(headers.getFirst(HttpHeaders.HOST)).isEqualTo(host);
        assertThat(of(uri).addressOf(Endpoint.of("127.0.0.7", 81)).getHostName())
                .isEqualTo("orders.shop");
        assertThat(of(uri).addressOf(Endpoint.of("127.0.0.7", 81)).getAddress().getHostAddress())
                .isEqualTo("127.0.0.7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.7", "2001:db8::7", "::ffff:10.0.0.1"})
    void an_address_in_numbers_needs_no_look_up(String host) {
        assertThat(Destination.isNumbered(Endpoint.of(host, 80))).isTrue();
    }

    @Test
    void a_name_does_even_one_that_ends_in_a_number() {
        assertThat(Destination.isNumbered(Endpoint.of("worker-1", 80))).isFalse();
        assertThat(Destination.isNumbered(Endpoint.of("10.example", 80))).isFalse();
    }
}
