package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.FaultyProxy;
import io.inmesh.resolver.testing.Pace;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultyProxyTest {
    private final FakeClock clock = new FakeClock();
    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final FaultyProxy network = FaultyProxy.to(server.url(), clock);
    private final RawClient client = new RawClient(network.url());

    @AfterEach
    void close() {
        network.close();
        server.close();
    }

    private String watchFromNow() {
        return SERVICES + "?watch=1&resourceVersion=" + server.resourceVersion();
    }

    @Test
    void carries_requests_and_answers_and_keeps_the_path_of_the_url() throws Exception {
        ScriptedService.of(server, "shop", "orders");
        assertThat(client.list(SERVICES).at("/items/0/metadata/name").asText()).isEqualTo("orders");
        assertThat(network.connections()).isEqualTo(1);
        try (FaultyProxy pathed = FaultyProxy.to(URI.create(server.url() + "/prefix"), clock)) {
            assertThat(pathed.url().toString()).startsWith("http://127.0.0.1:").endsWith("/prefix");
        }
    }

    @Test
    void a_cut_breaks_what_is_open_and_nothing_later() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            network.cut();
            assertThat(watch.next()).isEqualTo("broken");
        }
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            ScriptedService.of(server, "shop", "orders");
            assertThat(watch.next()).isEqualTo("ADDED orders");
        }
        Awaitility.await("the server hears of the break")
                .until(() -> server.watches().count() <= 1);
    }

    @Test
    void a_cut_may_come_in_the_middle_of_an_event() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            network.cutAfter(100);
            ScriptedService.of(server, "shop", "orders");
            assertThat(watch.next()).isEqualTo("cut line");
            assertThat(watch.next()).isEqualTo("broken");
        }
    }

    @Test
    void a_half_open_connection_is_silent_both_ways_and_neither_end_is_told() throws Exception {
        try (RawClient.Watch deaf = client.watch(watchFromNow())) {
            network.halfOpen();
            try (RawClient.Watch well = client.watch(watchFromNow())) {
                ScriptedService.of(server, "shop", "orders");
                assertThat(well.next()).isEqualTo("ADDED orders");
            }
            assertThat(deaf.line(Duration.ZERO)).isNull();
            assertThat(server.watches().count())
                    .as("the server takes it for alive")
                    .isPositive();
        }
        assertThat(network.connections()).as("though its client has gone").isPositive();
        network.close();
        Awaitility.await("a proxy that is gone breaks them after all")
                .until(() -> server.watches().count() == 0);
    }

    @Test
    void connections_may_be_refused_while_open_ones_go_on() throws Exception {
        try (RawClient.Watch watch = client.watch(watchFromNow())) {
            network.refuse();
            RawClient other = new RawClient(network.url());
            assertThatThrownBy(() -> other.get(SERVICES)).isInstanceOf(ConnectException.class);
            ScriptedService.of(server, "shop", "orders");
            assertThat(watch.next()).isEqualTo("ADDED orders");
            network.accept();
            assertThat(other.get(SERVICES).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void every_byte_may_travel_alone() throws Exception {
        network.pace(Pace.byteByByte());
        ScriptedService.of(server, "shop", "orders").annotate("note", "Grüße, 世界");
        assertThat(client.list(SERVICES)
                        .at("/items/0/metadata/annotations/note")
                        .asText())
                .isEqualTo("Grüße, 世界");
    }

    @Test
    void bytes_may_trickle_and_pauses_are_the_schedulers() throws Exception {
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
        network.pace(Pace.trickle(64, Duration.ofSeconds(1)));
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return client.get(SERVICES).statusCode();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        int seconds = 0;
        while (!status.isDone()) {
            Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> clock.timers() > 0 || status.isDone());
            clock.advance(Duration.ofSeconds(1));
            seconds++;
        }
        assertThat(status.get()).isEqualTo(200);
        assertThat(seconds).as("a request and an answer of a few hundred bytes").isGreaterThan(5);
    }

    @Test
    void what_cannot_be_reached_breaks_the_connection() {
        server.stop();
        assertThatThrownBy(() -> client.get(SERVICES)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> FaultyProxy.to(URI.create("nowhere"), clock))
                .hasMessageContaining("'nowhere' (expected: a host and a port");
        assertThatThrownBy(() -> network.cutAfter(0)).hasMessage("bytes: 0 (expected: 1 or more)");
        assertThatThrownBy(() -> Pace.trickle(0, Duration.ZERO)).hasMessage("pieceBytes: 0 (expected: 1 or more)");
    }
}
