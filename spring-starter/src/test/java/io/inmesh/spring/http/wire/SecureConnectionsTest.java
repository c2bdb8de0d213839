package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.http.HttpMethod;

/** TLS, and whom it is with. */
@Timeout(60)
class SecureConnectionsTest extends WireFixture {
    private final List<SSLSession> sessions = new CopyOnWriteArrayList<>();

    private ScriptedServer secured() throws Exception {
        return server(Certificates.serving(), connection -> {
            while (connection.read() != null) {
                sessions.add(((SSLSocket) connection.socket()).getSession());
                connection.send(OK);
            }
        });
    }

    private static Peer peer(ScriptedServer server, String host, Tls tls) {
        return new Peer(host, server.address(), tls);
    }

    @ParameterizedTest
    @CsvSource({"orders.shop, orders.shop", "orders, orders", "orders.shop., orders.shop", "ORDERS.shop, ORDERS.shop"})
    void the_peer_hears_the_name_and_proves_it(String host, String heard) throws Exception {
        ScriptedServer server = secured();
        Peer peer = peer(server, host, client.tls(Certificates.TRUSTING));
        assertThat(exchange(peer, get("/"))).isEqualTo("ok");
        assertThat(exchange(peer, get("/"))).isEqualTo("ok");
        assertThat(((ExtendedSSLSession) sessions.get(0)).getRequestedServerNames())
                .singleElement()
                .hasToString("type=host_name (0), value=" + heard);
        assertThat(connectionsOf(server)).containsExactly(0, 0);
    }

    @Test
    void a_peer_that_cannot_prove_the_name_is_refused_and_its_address_proves_nothing() throws Exception {
        ScriptedServer server = secured();
        Tls tls = client.tls(Certificates.TRUSTING);
        assertThat(exchange(peer(server, "orders.shop", tls), get("/"))).isEqualTo("ok");
        for (String other : List.of("stock.shop", "shop", "127.0.0.81")) {
            assertThatThrownBy(() -> send(peer(server, other, tls), get("/")))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining(other);
        }
        assertThat(server.requests()).hasSize(1);
        until(() -> server.open() == 1);
    }

    @Test
    void a_peer_that_nobody_vouches_for_is_refused() throws Exception {
        ScriptedServer server = secured();
        assertThatThrownBy(() -> send(peer(server, "orders.shop", client.tls(null)), get("/")))
                .isInstanceOf(SSLException.class);
        assertThat(server.requests()).isEmpty();
        until(() -> server.open() == 0);
    }

    @Test
    void protocols_and_ciphers_are_those_of_the_bundle() throws Exception {
        String cipher = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        SslBundle bundle = Certificates.trusting(SslOptions.of(Set.of(cipher), Set.of("TLSv1.2")));
        ScriptedServer server = secured();
        assertThat(exchange(peer(server, "orders.shop", client.tls(bundle)), get("/")))
                .isEqualTo("ok");
        assertThat(sessions.get(0).getProtocol()).isEqualTo("TLSv1.2");
        assertThat(sessions.get(0).getCipherSuite()).isEqualTo(cipher);
    }

    @Test
    void requests_with_one_bundle_share_connections_and_those_with_another_do_not() throws Exception {
        ScriptedServer server = secured();
        assertThat(client.tls(Certificates.TRUSTING)).isSameAs(client.tls(Certificates.TRUSTING));
        assertThat(client.tls(null)).isSameAs(client.tls(null)).isNotSameAs(client.tls(Certificates.TRUSTING));
        exchange(peer(server, "orders.shop", client.tls(Certificates.TRUSTING)), get("/"));
        exchange(peer(server, "orders.shop", client.tls(Certificates.TRUSTING)), get("/"));
        exchange(peer(server, "orders.shop", client.tls(Certificates.trusting(SslOptions.NONE))), get("/"));
        assertThat(connectionsOf(server)).containsExactly(0, 0, 1);
    }

    /** What it said before its reset came through, and says more than that the body could not be sent. */
    @Test
    void an_answer_before_the_body_is_written_is_taken_from_a_peer_that_hangs_up_then() throws Exception {
        ScriptedServer server = server(Certificates.serving(), connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
            connection.reset();
        });
        Transmission transmission = new Transmission();
        WireResponse answer = client.send(
                peer(server, "orders.shop", client.tls(Certificates.TRUSTING)),
                PATIENT,
                request(HttpMethod.POST, "/", once(out -> {
                    for (int i = 0; i < 10_000; i++) {
                        out.write(new byte[10_000]);
                    }
                })),
                transmission);
        assertThat(answer.getStatusCode().value()).isEqualTo(413);
        assertThat(read(answer)).isEqualTo("large");
        assertThat(transmission.bodyFailure()).isNull();
    }

    private static Stream<Arguments> oddBundles() {
        return Stream.of(
                Arguments.of("TLSv9", SslBundle.of(SslStoreBundle.NONE, SslBundleKey.NONE, SslOptions.NONE, "TLSv9")),
                Arguments.of("TLSv8", Certificates.trusting(SslOptions.of(null, Set.of("TLSv8")))),
                Arguments.of("TLS_ODD", Certificates.trusting(SslOptions.of(Set.of("TLS_ODD"), null))));
    }

    @ParameterizedTest
    @MethodSource("oddBundles")
    void a_bundle_that_cannot_be_used_is_refused_with_its_reason(String odd, SslBundle bundle) {
        assertThatThrownBy(() -> client.tls(bundle))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the SSL bundle of spring.http.clients cannot be used: ")
                .hasMessageContaining(odd);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0016\u0003\u0003"})
    void a_handshake_that_stalls_is_no_connection_in_time(String begun) throws Exception {
        ScriptedServer server = server(connection -> {
            connection.send(begun);
            connection.untilHungUp();
        });
        Transmission transmission = new Transmission();
        assertThatThrownBy(() -> client.send(
                        peer(server, "orders.shop", client.tls(Certificates.TRUSTING)),
                        new Limits(Duration.ofMillis(200), LONG),
                        get("/"),
                        transmission))
                .isInstanceOf(ConnectException.class)
                .hasMessage("no connection within PT0.2S");
        assertThat(transmission.hasBegun()).isFalse();
        until(() -> server.open() == 0);
    }
}
