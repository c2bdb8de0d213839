package io.inmesh.resolver.kubernetes.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.LogOfErr;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T-10, T-11: the zone of the client's own node. */
class ZoneKeeperTest {
    private static final RandomGenerator LOWEST = () -> 0L;

    private final FakeClock clock = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    private final Feed<Optional<String>> feed = new Feed<>();
    private final ZoneKeeper keeper =
            new ZoneKeeper("node-1", new ListWatch.Place(api, lane, clock, clock, LOWEST), feed);

    @BeforeEach
    void start() {
        keeper.start();
        clock.runDue();
    }

    private Exchange asked(int times) {
        clock.runDue();
        assertThat(api.exchanges).hasSize(times);
        return api.exchanges.get(times - 1);
    }

    private void answer(int times, String json) {
        asked(times).answer(200, json);
        clock.runDue();
    }

    @Test
    void one_read_of_the_node_tells_it_T10() {
        assertThat(asked(1).path).isEqualTo("/api/v1/nodes/node-1");
        answer(1, "{\"metadata\":{\"name\":\"node-1\",\"labels\":{\"topology.kubernetes.io/zone\":\"zone-a\"}}}");
        assertThat(feed.finding().value()).contains("zone-a");
        assertThat(feed.finding().trouble()).isNull();
        assertThat(clock.timers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404})
    void where_the_node_may_not_be_read_or_does_not_exist_it_is_unknown_and_asked_for_again_slowly_T10_T11(int status) {
        asked(1).refuse(status, null);
        clock.runDue();
        assertThat(feed.finding().value()).isEmpty();
        clock.advance(ZoneKeeper.AGAIN.minusMillis(1));
        asked(1);
        clock.advance(Duration.ofMillis(1));
        answer(2, "{\"metadata\":{\"name\":\"node-1\",\"labels\":{\"topology.kubernetes.io/zone\":\"zone-a\"}}}");
        assertThat(feed.finding().value())
                .as("a right that was added needs no restart")
                .contains("zone-a");
        assertThat(clock.timers()).isZero();
    }

    @Test
    void credentials_refused_are_read_again_at_once_once_and_a_server_says_when_to_come_again_W10() {
        asked(1).refuse(401, null);
        asked(2).refuse(401, null);
        clock.runDue();
        assertThat(feed.finding().trouble()).isNotNull();
        clock.advance(Duration.ofMillis(99));
        asked(2);
        clock.advance(Duration.ofMillis(1));
        asked(3).refuse(429, "3");
        clock.advance(Duration.ofMillis(3299));
        asked(3);
        clock.advance(Duration.ofMillis(1));
        asked(4);
    }

    @Test
    void a_missing_right_is_told_with_the_cluster_role_to_add_R6() {
        String logged;
        try (LogOfErr log = new LogOfErr()) {
            asked(1).refuse(403, null);
            clock.runDue();
            logged = log.text();
        }
        assertThat(logged)
                .contains("the zone of node node-1 is not known", "answered with 403")
                .contains("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata:
                  name: inmesh-zone
                rules:
                - {apiGroups: [""], resources: [nodes], verbs: [get]}
                """);
    }

    @Test
    void a_node_without_the_label_and_an_answer_that_is_no_node_are_no_zone_T10() {
        answer(1, "{\"metadata\":{\"name\":\"node-1\"}}");
        assertThat(feed.finding().value()).isEmpty();
        Feed<Optional<String>> other = new Feed<>();
        ListWatch.Place place = new ListWatch.Place(api, lane, clock, clock, LOWEST);
        new ZoneKeeper("node-2", place, other).start();
        answer(2, "<html>");
        assertThat(other.finding().value()).isEmpty();
    }

    @Test
    void while_it_cannot_be_read_it_counts_as_unknown_and_is_told_when_it_is_T11() {
        assertThat(feed.finding().isPending()).isTrue();
        asked(1).refuse(500, null);
        clock.runDue();
        assertThat(feed.finding().isPending()).as("nobody has to wait").isFalse();
        clock.advance(Duration.ofMillis(100));
        asked(2).end(new IOException("reset"));
        clock.advance(Duration.ofMillis(200));
        asked(3);
        clock.advance(Duration.ofSeconds(35)); // No answer at all.
        assertThat(api.exchanges.get(2).cancelled).isTrue();
        clock.advance(Duration.ofSeconds(1));
        answer(4, "{\"metadata\":{\"name\":\"node-1\",\"labels\":{\"topology.kubernetes.io/zone\":\"zone-a\"}}}");
        assertThat(feed.finding().value()).contains("zone-a");
        assertThat(feed.finding().trouble()).isNull();
    }

    @Test
    void closed_it_asks_and_says_no_more() {
        keeper.close();
        assertThat(asked(1).cancelled).isTrue();
        answer(1, "{\"metadata\":{\"name\":\"node-1\",\"labels\":{\"topology.kubernetes.io/zone\":\"zone-a\"}}}");
        clock.advance(Duration.ofMinutes(10));
        asked(1);
        assertThat(feed.finding().isPending()).isTrue();
        assertThat(clock.timers()).isZero();
    }
}
