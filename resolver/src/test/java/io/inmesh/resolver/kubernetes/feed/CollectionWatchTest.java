package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchedResource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CollectionWatchTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private final FakeClock clock = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    private final Feed<List<NodeObject>> feed = new Feed<>();
    private final CollectionWatch<NodeObject> watch = new CollectionWatch<>(
            WatchedResource.nodes(),
            new ListWatch.Place(api, lane, clock, clock, LOWEST),
            NodeObject::name,
            NodeObject::version,
            NodeObject::withoutVersion,
            feed);
    private int changes;

    private static String node(String name, int version, String zone) {
        return "{metadata: {name: '" + name + "', resourceVersion: '" + version
                + "', labels: {'topology.kubernetes.io/zone': '" + zone + "'}}}";
    }

    private Exchange last() {
        clock.runDue();
        return api.exchanges.get(api.exchanges.size() - 1);
    }

    private List<String> zones() {
        clock.runDue();
        return Objects.requireNonNull(feed.finding().value()).stream()
                .map(node -> node.name() + " in " + node.zone())
                .toList();
    }

    @BeforeEach
    void start() {
        feed.listen(() -> changes++);
        watch.start();
    }

    private void listed() {
        last().list("10", node("n2", 4, "b"), node("n1", 5, "a"));
        last().head(200, null);
        clock.runDue();
        changes = 0;
    }

    @Test
    void all_that_exists_is_known_sorted_and_followed() {
        listed();
        assertThat(zones()).containsExactly("n1 in a", "n2 in b");
        last().line("ADDED", node("n0", 11, "c")).line("DELETED", node("n1", 12, "a"));
        assertThat(zones()).containsExactly("n0 in c", "n2 in b");
        assertThat(changes).as("one for what came together").isEqualTo(1);
    }

    @Test
    void a_change_of_the_version_alone_is_none_A13() {
        listed();
        last().line("MODIFIED", node("n1", 11, "a"));
        assertThat(zones()).containsExactly("n1 in a", "n2 in b");
        assertThat(changes).isZero();
    }

    @Test
    void what_is_older_than_what_is_held_is_dropped_W16() {
        listed();
        last().line("MODIFIED", node("n1", 11, "c")).line("MODIFIED", node("n1", 6, "b"));
        assertThat(zones()).containsExactly("n1 in c", "n2 in b");
        last().line("DELETED", node("n1", 7, "b"));
        assertThat(zones()).containsExactly("n1 in c", "n2 in b");
    }

    @Test
    void a_trouble_empties_nothing_and_a_list_again_replaces_everything_W12_W5() {
        listed();
        last().line("ERROR", GONE).end(null);
        clock.advance(Duration.ofSeconds(1));
        last().end(new IOException("reset"));
        assertThat(zones()).containsExactly("n1 in a", "n2 in b");
        assertThat(feed.finding().trouble()).extracting(Trouble::reason).isEqualTo(Reason.NOT_SYNCED);
        clock.advance(Duration.ofSeconds(1));
        last().list("30", node("n3", 29, "a"));
        assertThat(zones()).containsExactly("n3 in a");
        assertThat(feed.finding().trouble()).isNull();
    }

    @Test
    void its_age_is_that_of_its_watch() {
        listed();
        clock.advance(Duration.ofSeconds(4)); // A second until the watch counts as alive.
        assertThat(feed.age()).hasValueSatisfying(age -> {
            assertThat(age.watch()).isEqualTo("nodes (API group '')");
            assertThat(age.age()).isEqualTo(Duration.ofSeconds(3));
            assertThat(age.connected()).isTrue();
        });
    }

    @Test
    void closed_it_says_no_more_and_leaves_nothing() {
        listed();
        Exchange watching = last();
        watch.close();
        watching.line("ADDED", node("n0", 11, "c"));
        clock.advance(Duration.ofMinutes(10));
        assertThat(watching.cancelled).isTrue();
        assertThat(changes).isZero();
        assertThat(clock.timers()).isZero();
    }
}
