package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListsAndWatchesTest {
    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    private void service(String name, String version) {
        server.apply("""
                {"apiVersion": "v1", "kind": "Service",
                 "metadata": {"name": "%s", "namespace": "shop", "labels": {"version": "%s"}}}
                """.formatted(name, version));
    }

    @Test
    void a_watch_goes_on_where_the_list_ended() throws Exception {
        service("orders", "1");
        JsonNode list = client.list(SERVICES);
        assertThat(list.path("kind").asText()).isEqualTo("ServiceList");
        assertThat(list.path("items")).hasSize(1);

        service("carts", "1");
        String version = list.at("/metadata/resourceVersion").asText();
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + version)) {
            assertThat(watch.next()).isEqualTo("ADDED carts");
            service("orders", "2");
            assertThat(watch.next()).isEqualTo("MODIFIED orders");
            server.delete(ResourceType.SERVICES, "shop", "orders");
            assertThat(watch.next()).isEqualTo("DELETED orders");
        }
    }
}
