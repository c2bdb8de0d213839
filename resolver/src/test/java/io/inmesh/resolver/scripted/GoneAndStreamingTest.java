package io.inmesh.resolver.scripted;

import static io.inmesh.resolver.scripted.RawClient.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.GoneForm;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedService;
import io.inmesh.resolver.testing.StreamingLists;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GoneAndStreamingTest {
    private static final String STREAMING =
            "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

    private final FakeClock clock = new FakeClock();
    private final ScriptedApiServer server = ScriptedApiServer.open(clock);
    private final RawClient client = new RawClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_compacted_version_is_gone_inside_the_stream_and_running_watches_go_on() throws Exception {
        ScriptedService.of(server, "shop", "orders");
        String known = "?watch=1&resourceVersion=" + server.resourceVersion();
        try (RawClient.Watch running = client.watch(SERVICES + known)) {
            server.compact();
            try (RawClient.Watch late = client.watch(SERVICES + known)) {
                assertThat(late.status()).isEqualTo(200);
                JsonNode event = late.event();
                assertThat(event.path("type").asText()).isEqualTo("ERROR");
                assertThat(event.at("/object/code").asInt()).isEqualTo(410);
                assertThat(event.at("/object/reason").asText()).isEqualTo("Expired");
                assertThat(late.next()).isEqualTo("end");
            }
            ScriptedService.of(server, "shop", "carts");
            assertThat(running.next()).isEqualTo("ADDED carts");
        }
    }

    @Test
    void a_compacted_version_may_be_gone_by_status_instead() throws Exception {
        String known = server.resourceVersion();
        server.compact();
        server.goneForm(GoneForm.HTTP_STATUS);
        assertThat(client.get(SERVICES + "?watch=1&resourceVersion=" + known).statusCode())
                .isEqualTo(410);
        String relisted = client.list(SERVICES).at("/metadata/resourceVersion").asText();
        try (RawClient.Watch watch = client.watch(SERVICES + "?watch=1&resourceVersion=" + relisted)) {
            assertThat(watch.status()).isEqualTo(200);
        }
    }

    @Test
    void an_exact_list_of_a_compacted_version_is_answered_410() throws Exception {
        String known = server.resourceVersion();
        server.compact();
        assertThat(client.get(SERVICES + "?resourceVersionMatch=Exact&resourceVersion=" + known)
                        .statusCode())
                .isEqualTo(410);
        assertThat(client.get(SERVICES + "?resourceVersion=" + known).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_streaming_list_marks_its_end_and_goes_on_in_the_same_stream() throws Exception {
        ScriptedService.of(server, "shop", "orders");
        try (RawClient.Watch watch = client.watch(SERVICES + STREAMING)) {
            assertThat(watch.next()).isEqualTo("ADDED orders");
            JsonNode mark = watch.event();
            assertThat(mark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(mark.at("/object/metadata/annotations/k8s.io~1initial-events-end")
                            .asText())
                    .isEqualTo("true");
            assertThat(mark.at("/object/metadata/resourceVersion").asText()).isEqualTo(server.resourceVersion());
            ScriptedService.of(server, "shop", "carts");
            assertThat(watch.next()).isEqualTo("ADDED carts");
            server.watches().sendBookmarks();
            assertThat(watch.event().at("/object/metadata/annotations").isMissingNode())
                    .isTrue();
        }
    }

    @Test
    void streaming_lists_may_be_refused() throws Exception {
        server.streamingLists(StreamingLists.REFUSED);
        assertThat(client.get(SERVICES + STREAMING).statusCode()).isEqualTo(422);
    }

    @Test
    void streaming_lists_may_be_ignored_so_that_no_end_mark_ever_comes() throws Exception {
        server.streamingLists(StreamingLists.IGNORED);
        ScriptedService.of(server, "shop", "orders");
        try (RawClient.Watch watch = client.watch(SERVICES + STREAMING)) {
            assertThat(watch.next()).isEqualTo("ADDED orders");
            clock.advance(Duration.ofMinutes(1));
            JsonNode bookmark = watch.event();
            assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(bookmark.at("/object/metadata/annotations").isMissingNode())
                    .isTrue();
        }
    }
}
