package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import java.net.ConnectException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class DownAndUpTest {
    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void while_down_it_refuses_connections_and_afterwards_watches_resume_where_they_were() throws Exception {
        ScriptedService orders = ScriptedService.of(server, "shop", "orders");
        String known = server.resourceVersion();
        URI url = server.url();
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + known)) {
            server.stop();
            assertThat(watch.next()).isEqualTo("broken");
        }
        assertThat(server.url()).isEqualTo(url);
        assertThatThrownBy(() -> client.get(SERVICES)).isInstanceOf(ConnectException.class);

        orders.annotate("changed", "while down");
        server.start();
        assertThat(server.url()).isEqualTo(url);
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + known)) {
            assertThat(watch.next()).isEqualTo("MODIFIED orders");
        }
    }

    @RepeatedTest(5)
    void it_goes_down_and_comes_back_as_often_as_asked() throws Exception {
        String known = server.resourceVersion();
        for (int i = 0; i < 20; i++) {
            try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + known)) {
                server.stop();
                assertThat(watch.next()).isEqualTo("broken");
                assertThatThrownBy(() -> client.get(SERVICES)).isInstanceOf(ConnectException.class);
                server.start();
            }
        }
    }

    @Test
    void starting_twice_and_stopping_twice_change_nothing() throws Exception {
        server.start();
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
        server.stop();
        server.stop();
        server.start();
        assertThat(client.get(SERVICES).statusCode()).isEqualTo(200);
    }
}
