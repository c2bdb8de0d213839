package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Unread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a watch says and does of objects that cannot be read. */
class UnreadableObjectsTest extends WatchScene {
    private static final String END =
            "{metadata: {resourceVersion: '7', annotations: {'k8s.io/initial-events-end': 'true'}}}";

    private final List<String> warned = new ArrayList<>();
    private final UnreadableObjects objects = new UnreadableObjects("endpointslices", warned::add);

    UnreadableObjectsTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT);
    }

    private static Unread<String> slice(String name, String why) {
        return new Unread<>(new ObjectName("prod", name), "7", why, null);
    }

    private static String bad(String name, String version) {
        return Samples.json(name, version).replace("8080", "'http'");
    }

    @Test
    void each_is_named_once_with_its_field_and_again_if_something_else_is_wrong_or_it_was_mended() {
        objects.listedOnLane(List.of(slice("s1", "ports: x (expected: a list)")));
        assertThat(warned)
                .singleElement()
                .asString()
                .startsWith("endpointslices: prod/s1 cannot be read, so it is left"
                        + " out: ports: x (expected: a list); its last state that could be read stays in use");
        objects.heardOnLane(slice("s1", "ports: x (expected: a list)"));
        objects.listedOnLane(List.of(slice("s1", "ports: x (expected: a list)")));
        assertThat(warned).hasSize(1);
        objects.heardOnLane(slice("s1", "ports: y (expected: a list)"));
        assertThat(warned).hasSize(2);
        objects.heardOnLane(new WatchEvents.Put<>("mended", new ObjectName("prod", "s1"), "8"));
        objects.heardOnLane(slice("s1", "ports: y (expected: a list)"));
        assertThat(warned).hasSize(3);
        objects.listedOnLane(List.of());
        objects.listedOnLane(List.of(slice("s1", "ports: y (expected: a list)")));
        assertThat(warned).hasSize(4);
    }

    @Test
    @DisplayName("W-9: a streamed list tells apart what it could not read, as it was last")
    void W_9_a_streamed_list_tells_them_apart() {
        Exchange stream = now().head(200, null);
        stream.line("ADDED", bad("s1", "1"))
                .line("ADDED", Samples.json("s2", "2"))
                .line("ADDED", bad("s3", "3"))
                .line("MODIFIED", Samples.json("s3", "4"))
                .line("ADDED", bad("s4", "5"))
                .line("DELETED", bad("s4", "6"))
                .line("BOOKMARK", END);
        clock.runDue();
        assertThat(heard).containsExactly("list [s2, s3] and not [prod/s1]");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    @DisplayName("W-2: the version of an event that cannot be read counts")
    void W_2_its_version_counts() {
        Exchange watch = listed();
        watch.line("ADDED", bad("s1", "12"));
        clock.advance(Duration.ofSeconds(2));
        watch.end(null);
        assertThat(now().path).contains("resourceVersion=12&").contains("watch=1");
        assertThat(heard).containsExactly("list []");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODIFIED", "DELETED"})
    void an_event_of_which_not_even_the_name_can_be_read_is_settled_by_a_list(String type) {
        listed().line(type, "{metadata: {name: 7}}");
        assertThat(atOnceAfter(Duration.ofSeconds(1)).path).contains("sendInitialEvents=true");
        assertThat(api.exchanges).hasSize(2);
    }

    private Exchange listed() {
        Exchange watch = now().head(200, null);
        watch.line("BOOKMARK", END);
        clock.runDue();
        return watch;
    }
}
