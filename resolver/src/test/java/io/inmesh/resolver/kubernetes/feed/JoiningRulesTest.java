package io.inmesh.resolver.kubernetes.feed;

import static io.inmesh.resolver.kubernetes.feed.NamespaceScene.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** W-14: a service joins a wide watch that runs, which may be ahead of its list or behind it. Nothing is lost, nothing comes back. */
class JoiningRulesTest {
    private final NamespaceScene scene = new NamespaceScene(2);

    @BeforeEach
    void three_share_a_wide_watch_at_version_20() {
        scene.threeShareOne();
    }

    @Test
    @DisplayName("W-14: what the wide watch told after the list was made stands")
    void a_wide_watch_that_is_ahead_stands_W14() {
        scene.open("d");
        Exchange list = scene.narrow("d");
        scene.wide()
                .line("MODIFIED", slice("d1", 31, "d", "10.0.0.9"))
                .line("DELETED", slice("d2", 32, "d", "10.0.0.2"))
                .line("ADDED", slice("d3", 33, "d", "10.0.0.3"));
        scene.clock.runDue();
        list.list("30", slice("d1", 21, "d", "10.0.0.1"), slice("d2", 22, "d", "10.0.0.2"));
        assertThat(scene.history("d")).containsExactly(List.of("d1=10.0.0.9", "d3=10.0.0.3"));
    }

    @Test
    @DisplayName(
            "W-14: what the wide watch tells later, and the list told already, is neither shown again nor taken back")
    void a_wide_watch_that_is_behind_changes_nothing_W14() {
        scene.open("d");
        scene.narrow("d").list("30", slice("d1", 28, "d", "10.0.0.1"), slice("d2", 22, "d", "10.0.0.2"));
        scene.wide().line("ADDED", slice("d1", 21, "d", "10.0.0.5")).line("ADDED", slice("d3", 23, "d", "10.0.0.3"));
        scene.clock.runDue();
        scene.wide()
                .line("MODIFIED", slice("d1", 24, "unused", "10.0.0.5"))
                .line("MODIFIED", slice("d1", 28, "d", "10.0.0.1"))
                .line("DELETED", slice("d3", 29, "d", "10.0.0.3"));
        scene.clock.runDue();
        scene.wide().line("MODIFIED", slice("d1", 31, "d", "10.0.0.6"));
        assertThat(scene.history("d"))
                .containsExactly(List.of("d1=10.0.0.1", "d2=10.0.0.2"), List.of("d1=10.0.0.6", "d2=10.0.0.2"));
    }

    @Test
    @DisplayName("A-11: a slice that the list shows moved from another service is gone there as well")
    void a_slice_that_moved_over_A11() {
        scene.open("d");
        scene.narrow("d").list("30", slice("a1", 29, "d", "10.0.0.1"));
        assertThat(scene.now("d")).containsExactly("a1=10.0.0.1");
        assertThat(scene.now("a")).isEmpty();
        scene.wide().line("MODIFIED", slice("a1", 29, "d", "10.0.0.1"));
        scene.clock.runDue();
        scene.wide().line("MODIFIED", slice("a1", 35, "a", "10.0.0.1"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.1");
        assertThat(scene.now("d")).isEmpty();
    }

    @Test
    @DisplayName(
            "A-11: a slice that one list shows moved from a service whose own list was ahead is gone there, once the watch is there")
    void a_slice_that_moved_between_lists_A11() {
        scene.open("d");
        scene.narrow("d").list("30", slice("x1", 22, "d", "10.0.0.1"));
        scene.open("e");
        scene.narrow("e").list("40", slice("x1", 35, "e", "10.0.0.1"));
        assertThat(scene.now("e")).containsExactly("x1=10.0.0.1");
        scene.wide().line("MODIFIED", slice("x1", 35, "e", "10.0.0.1"));
        assertThat(scene.now("d")).isEmpty();
        assertThat(scene.history("e")).containsExactly(List.of("x1=10.0.0.1"));
    }

    @Test
    @DisplayName("W-5: a list of the wide watch that is older than that of the service takes nothing back")
    void an_older_list_of_the_wide_watch_W5() {
        scene.open("d");
        scene.narrow("d").list("30", slice("d1", 28, "d", "10.0.0.1"));
        scene.relist();
        scene.wide().list("25", slice("a1", 10, "a", "10.0.0.1"), slice("d2", 24, "d", "10.0.0.2"));
        scene.wide().head(200, null);
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.1");
        scene.wide()
                .line("DELETED", slice("d2", 27, "d", "10.0.0.2"))
                .line("ADDED", slice("d1", 28, "d", "10.0.0.1"))
                .line("ADDED", slice("b2", 31, "b", "10.0.0.7"));
        scene.clock.runDue();
        scene.wide().line("ADDED", slice("d4", 32, "d", "10.0.0.4"));
        assertThat(scene.history("d")).containsExactly(List.of("d1=10.0.0.1"), List.of("d1=10.0.0.1", "d4=10.0.0.4"));
    }

    @Test
    @DisplayName(
            "W-5: where the wide watch has listed since, and is newer, what the service's list still holds is gone")
    void a_newer_list_of_the_wide_watch_W5() {
        scene.open("d");
        Exchange list = scene.narrow("d");
        scene.relist();
        scene.wide().list("40", slice("d2", 35, "d", "10.0.0.2"));
        scene.clock.runDue();
        list.list("30", slice("d1", 28, "d", "10.0.0.1"));
        assertThat(scene.history("d")).containsExactly(List.of("d2=10.0.0.2"));
    }

    @Test
    @DisplayName("W-6: after a cluster was set back, who joined at a version of before joins again")
    void a_cluster_that_was_set_back_W6() {
        scene.open("d");
        scene.narrow("d").list("30", slice("d1", 28, "d", "10.0.0.1"));
        scene.relist();
        scene.wide().list("5", slice("a1", 4, "a", "10.0.0.8"));
        scene.wide().head(200, null);
        scene.narrow("d").list("7", slice("d1", 3, "d", "10.0.0.3"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.3");
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.8");
        scene.wide().line("MODIFIED", slice("d1", 8, "d", "10.0.0.4"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.4");
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    @DisplayName("W-14: a list that fails is asked for again, and others join meanwhile")
    void a_list_that_fails_W14() {
        scene.open("d", "e");
        scene.narrow("d").refuse(500, null);
        scene.narrow("e").list("30");
        assertThat(scene.now("e")).isEmpty();
        assertThat(scene.feed("d").finding().trouble()).isNotNull();
        scene.clock.advance(Duration.ofSeconds(1));
        scene.narrow("d").list("31", slice("d1", 28, "d", "10.0.0.1"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.1");
        assertThat(scene.feed("d").finding().trouble()).isNull();
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    @DisplayName("W-14: whoever goes while its list is on its way leaves nothing behind")
    void a_service_that_goes_while_it_joins_W14() {
        scene.open("d");
        Exchange list = scene.narrow("d");
        scene.close("d");
        assertThat(list.cancelled).isTrue();
        scene.wide().line("ADDED", slice("d1", 31, "d", "10.0.0.1"));
        scene.clock.runDue();
        scene.open("d");
        scene.narrow("d").list("40");
        assertThat(scene.now("d")).isEmpty();
    }

    @Test
    @DisplayName("R-4: a wide watch that is forbidden ends the joining, and each has its own watch")
    void a_wide_watch_that_is_forbidden_R4() {
        scene.open("d");
        Exchange join = scene.narrow("d");
        for (int i = 0; i < 3; i++) {
            scene.wide().refuse(403, null);
            scene.clock.advance(Duration.ofSeconds(2));
        }
        assertThat(join.cancelled).isTrue();
        scene.narrow("d").list("40", slice("d1", 28, "d", "10.0.0.1"));
        assertThat(scene.narrow("d").path).contains("watch=1");
        assertThat(scene.isWide()).isFalse();
    }

    @Test
    @DisplayName("W-14: one stream serves all again, once what was forbidden is allowed")
    void single_watches_beside_a_wide_one_are_taken_over_W14() {
        scene.open("d", "e", "f");
        scene.wide().refuse(403, null); // The one that was to take over.
        for (String service : List.of("d", "e", "f")) {
            scene.narrow(service).list("40", slice(service + "1", 28, service, "10.0.0.1"));
            scene.narrow(service).head(200, null);
        }
        assertThat(scene.streams.open()).isEqualTo(4);
        scene.clock.advance(WideRight.ASK_AGAIN);
        Exchange whole = scene.api.exchanges.get(scene.api.exchanges.size() - 1);
        whole.list("50", slice("d1", 28, "d", "10.0.0.1"));
        scene.wide().head(200, null);
        scene.clock.runDue();
        assertThat(scene.streams.open()).isEqualTo(1);
        assertThat(scene.history("d")).hasSize(1);
        assertThat(scene.now("e")).isEmpty();
    }
}
