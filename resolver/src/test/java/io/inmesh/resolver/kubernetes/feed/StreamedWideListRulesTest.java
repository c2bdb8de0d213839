package io.inmesh.resolver.kubernetes.feed;

import static io.inmesh.resolver.kubernetes.feed.NamespaceScene.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** W-9: a namespace's list is streamed where the server does that and there is room for the stream. */
class StreamedWideListRulesTest {
    private static final String STREAMED = "sendInitialEvents=true";
    private static final String END =
            "{metadata: {resourceVersion: '20', annotations: {'k8s.io/initial-events-end': 'true'}}}";

    private final NamespaceScene scene = new NamespaceScene(2, new StreamingLists());

    private void listed(Exchange stream, String... slices) {
        stream.head(200, null);
        for (String slice : slices) {
            stream.line("ADDED", slice);
        }
        stream.line("BOOKMARK", END);
        scene.clock.runDue();
    }

    @Test
    @DisplayName("W-9: services that begin together begin with one streamed list, which goes on as their watch")
    void many_services_begin_with_one_streamed_list_W9() {
        scene.open("a", "b", "c");
        Exchange stream = scene.wide();
        assertThat(stream.path).contains(STREAMED);
        stream.head(200, null).line("ADDED", slice("a1", 10, "a", "10.0.0.1"));
        assertThat(scene.now("a")).as("half a list says nothing").isNull();
        stream.line("ADDED", slice("c1", 12, "c", "10.0.0.3")).line("BOOKMARK", END);
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.1");
        assertThat(scene.now("b")).isEmpty();
        stream.line("MODIFIED", slice("c1", 21, "c", "10.0.0.4"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.4");
        assertThat(scene.api.exchanges).hasSize(1);
        assertThat(scene.feed("a").age().orElseThrow().connected()).isTrue();
    }

    @Test
    @DisplayName(
            "W-9, W-14: single watches run on until a streamed list is whole, and the stream takes over without a gap")
    void a_switch_by_a_streamed_list_leaves_no_gap_W9_W14() {
        scene.open("a");
        listed(scene.narrow("a"), slice("a1", 10, "a", "10.0.0.1"));
        scene.open("b", "c");
        Exchange stream = scene.wide();
        assertThat(stream.path).contains(STREAMED);
        stream.head(200, null).line("ADDED", slice("a1", 10, "a", "10.0.0.1"));
        Exchange alone = scene.narrow("a");
        alone.line("MODIFIED", slice("a1", 15, "a", "10.0.0.2"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.2");
        stream.line("MODIFIED", slice("a1", 15, "a", "10.0.0.2")).line("BOOKMARK", END);
        scene.clock.runDue();
        assertThat(alone.cancelled).isTrue();
        stream.line("MODIFIED", slice("a1", 22, "a", "10.0.0.5"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.5");
        assertThat(scene.history("a")).hasSize(3);
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    @DisplayName("W-9: a server that refuses streamed lists is asked for a whole list at once")
    void a_server_without_streamed_lists_is_asked_for_a_whole_one_W9() {
        scene.open("a", "b", "c");
        scene.wide().refuse(422, null);
        assertThat(scene.wide().path).doesNotContain("watch=1");
        scene.wideOf(slice("b1", 10, "b", "10.0.0.2"));
        assertThat(scene.now("b")).containsExactly("b1=10.0.0.2");
        assertThat(scene.wide().path).contains("watch=1").doesNotContain(STREAMED);
    }

    @Test
    @DisplayName(
            "W-9, W-14: where one stream more would be too many the first list is a request, later ones are streamed")
    void without_room_the_first_list_is_a_request_and_later_ones_are_streamed_W14() {
        NamespaceScene full = new NamespaceScene(1, new StreamingLists()); // Two streams at most.
        full.occupy(1);
        full.open("a");
        listed(full.narrow("a"), slice("a1", 10, "a", "10.0.0.1"));
        full.open("b");
        assertThat(full.wide().path).doesNotContain("watch=1");
        full.wideOf(slice("a1", 10, "a", "10.0.0.1"), slice("b1", 12, "b", "10.0.0.2"));
        assertThat(full.streams.most()).isEqualTo(1);
        full.relist();
        assertThat(full.wide().path).contains(STREAMED);
        assertThat(full.now("b")).as("until the list is whole").containsExactly("b1=10.0.0.2");
        full.wide().head(200, null);
        full.wide().line("ADDED", slice("b1", 30, "b", "10.0.0.9")).line("BOOKMARK", END.replace("20", "31"));
        assertThat(full.now("b")).containsExactly("b1=10.0.0.9");
        assertThat(full.now("a")).isEmpty();
        full.clock.advance(Duration.ofSeconds(1));
        assertThat(full.streams.most()).isEqualTo(1);
    }
}
