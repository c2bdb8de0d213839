package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SLICES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.testing.ScriptedApiServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final String LIST = """
            {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"347"},
             "items":[{"metadata":{"name":"a-x","namespace":"shop","uid":"u1","resourceVersion":"346",
                                   "labels":{"kubernetes.io/service-name":"a"}},
                       "addressType":"IPv4","endpoints":null,"ports":null}]}
            """;

    private final ScriptedApiServer server = ScriptedApiServer.open();
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    private static String line(String type, int version) {
        return """
                {"type":"%s","object":{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1",
                 "metadata":{"name":"a-x","namespace":"shop","uid":"u1","resourceVersion":"%d",
                             "labels":{"kubernetes.io/service-name":"a"}},
                 "addressType":"IPv4","endpoints":null,"ports":null}}
                """.formatted(type, version);
    }

    @Test
    void recorded_lists_and_lines_are_served_under_their_own_versions() throws Exception {
        server.load(LIST);
        JsonNode list = client.list(SLICES + "?labelSelector=kubernetes.io/service-name=a");
        assertThat(list.at("/metadata/resourceVersion").asText()).isEqualTo("347");
        assertThat(list.at("/items/0/metadata/resourceVersion").asText()).isEqualTo("346");
        try (RawClient.Watch watch = client.watch(SLICES + "?watch=1&allowWatchBookmarks=true&resourceVersion=347")) {
            server.replay(line("MODIFIED", 350));
            JsonNode event = watch.event();
            assertThat(event.path("type").asText()).isEqualTo("MODIFIED");
            assertThat(event.at("/object/metadata/resourceVersion").asText()).isEqualTo("350");
            server.replay(
                    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"EndpointSlice\",\"metadata\":{\"resourceVersion\":\"360\"}}}");
            assertThat(watch.event().at("/object/metadata/resourceVersion").asText())
                    .isEqualTo("360");
            server.replay(line("DELETED", 361));
            assertThat(watch.next()).isEqualTo("DELETED a-x");
        }
        assertThat(client.list(SLICES).path("items")).isEmpty();
    }

    @Test
    void a_line_out_of_order_is_refused_by_name_and_number() {
        server.load(LIST);
        assertThatThrownBy(() -> server.replay(line("MODIFIED", 340)))
                .hasMessageContaining("a-x")
                .hasMessageContaining("version 340 (expected: greater than 347");
    }
}
