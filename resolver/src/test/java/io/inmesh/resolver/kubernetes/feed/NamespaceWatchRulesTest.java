package io.inmesh.resolver.kubernetes.feed;

import static io.inmesh.resolver.kubernetes.feed.NamespaceScene.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** W-14: one watch of the namespace instead of many, without a gap and without more streams than the limit. */
class NamespaceWatchRulesTest {
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private final NamespaceScene scene = new NamespaceScene(2);

    @Test
    void up_to_the_limit_each_service_has_a_watch_of_its_own_W14() {
        scene.alone(10, "a", "b");
        assertThat(scene.isWide()).isFalse();
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.1");
        scene.close("b");
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    void many_that_begin_together_begin_with_one_wide_watch_W14() {
        scene.open("a", "b", "c", "d");
        assertThat(scene.api.exchanges).hasSize(1);
        scene.wide().list("20", slice("d1", 12, "d", "10.0.0.4"));
        assertThat(scene.now("a")).isEmpty();
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.4");
        assertThat(scene.streams.most()).isEqualTo(1);
    }

    @Test
    void above_the_limit_single_watches_run_until_the_wide_list_is_whole_and_end_before_its_watch_W14() {
        scene.alone(10, "a", "b");
        scene.open("c");
        assertThat(scene.wide().path).doesNotContain("watch=1");
        assertThat(scene.streams.open()).isEqualTo(2);
        Exchange ofA = scene.narrow("a");
        scene.wideOf(slice("a1", 10, "a", "10.0.0.1"), slice("c1", 15, "c", "10.0.0.3"));
        assertThat(ofA.cancelled).isTrue();
        assertThat(scene.wide().path).contains("watch=1").contains("resourceVersion=20&");
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        assertThat(scene.now("b")).isEmpty();
        assertThat(scene.streams.open()).isEqualTo(1);
        assertThat(scene.streams.most()).isEqualTo(2);
    }

    @Test
    void what_a_single_watch_told_after_the_wide_list_was_made_is_neither_taken_back_nor_lost_W14() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.narrow("a").line("MODIFIED", slice("a1", 22, "a", "10.0.0.2"));
        scene.narrow("b").line("DELETED", slice("b1", 23, "b", "10.0.0.1"));
        assertThat(scene.now("b")).isEmpty();
        scene.wideOf(slice("a1", 10, "a", "10.0.0.1"), slice("b1", 10, "b", "10.0.0.1"));
        scene.wide()
                .line("MODIFIED", slice("b1", 21, "b", "10.0.0.5"))
                .line("MODIFIED", slice("a1", 22, "a", "10.0.0.2"));
        scene.clock.runDue();
        scene.wide().line("DELETED", slice("b1", 23, "b", "10.0.0.5"));
        assertThat(scene.history("a")).containsExactly(List.of("a1=10.0.0.1"), List.of("a1=10.0.0.2"));
        assertThat(scene.history("b")).containsExactly(List.of("b1=10.0.0.1"), List.of());
        scene.wide().line("MODIFIED", slice("a1", 24, "a", "10.0.0.3")).line("ADDED", slice("b2", 25, "b", "10.0.0.7"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.3");
        assertThat(scene.now("b")).containsExactly("b2=10.0.0.7");
    }

    @Test
    void what_a_wide_watch_told_after_a_list_for_one_was_made_is_not_taken_back_either_W14() {
        scene.threeShareOne();
        scene.close("b", "c"); // One is left, half the limit.
        scene.wide().line("MODIFIED", slice("a1", 30, "a", "10.0.0.2"));
        scene.clock.runDue();
        scene.narrow("a").list("25", slice("a1", 10, "a", "10.0.0.1"));
        assertThat(scene.isWide()).as("ended").isFalse();
        scene.narrow("a").head(200, null).line("MODIFIED", slice("a1", 30, "a", "10.0.0.2"));
        scene.clock.runDue();
        scene.narrow("a").line("MODIFIED", slice("a1", 31, "a", "10.0.0.3"));
        assertThat(scene.history("a"))
                .containsExactly(List.of("a1=10.0.0.1"), List.of("a1=10.0.0.2"), List.of("a1=10.0.0.3"));
    }

    @Test
    void a_list_again_counts_whatever_its_version_W6() {
        scene.alone(10, "a");
        scene.narrow("a").line("ERROR", GONE).end(null);
        scene.clock.advance(Duration.ofSeconds(1));
        scene.narrow("a").list("4", slice("a1", 3, "a", "10.0.0.8")); // A cluster that was set back.
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.8");
    }

    @Test
    void a_slice_that_changes_its_label_leaves_one_service_and_joins_the_other_A11() {
        scene.threeShareOne();
        scene.wide().line("MODIFIED", slice("a1", 21, "c", "10.0.0.1"));
        assertThat(scene.now("a")).isEmpty();
        assertThat(scene.now("c")).containsExactly("a1=10.0.0.1", "c1=10.0.0.3");
        scene.wide().line("MODIFIED", slice("a1", 22, "unused", "10.0.0.1"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        scene.wide().line("MODIFIED", slice("x1", 23, "a", "10.0.0.9"));
        assertThat(scene.now("a")).containsExactly("x1=10.0.0.9");
    }

    @Test
    void what_comes_later_joins_the_wide_watch_with_one_list_and_no_stream_W14() {
        scene.threeShareOne();
        scene.open("d");
        assertThat(scene.narrow("d").path).doesNotContain("watch=1").doesNotContain("resourceVersion");
        scene.narrow("d").list("25", slice("d1", 21, "d", "10.0.0.4"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.4");
        assertThat(scene.isNarrow("d")).isFalse();
        assertThat(scene.streams.most()).as("since two were watched alone").isEqualTo(2);
        assertThat(scene.streams.open()).isEqualTo(1);
        scene.wide().line("MODIFIED", slice("d1", 26, "d", "10.0.0.5"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.5");
        assertThat(scene.feed("d").age().orElseThrow().connected()).isTrue();
    }

    @Test
    void many_that_come_later_at_once_are_taken_over_by_another_wide_watch_W14() {
        scene.threeShareOne();
        Exchange first = scene.wide();
        scene.open("d", "e", "f");
        assertThat(scene.wide().path).doesNotContain("watch=1");
        assertThat(first.cancelled).isFalse();
        scene.open("g"); // Too late for that list.
        scene.wide()
                .list(
                        "30",
                        slice("a1", 10, "a", "10.0.0.1"),
                        slice("d1", 21, "d", "10.0.0.4"),
                        slice("e1", 30, "e", "10.0.0.5"),
                        slice("g1", 30, "g", "10.0.0.7"));
        assertThat(scene.now("e")).containsExactly("e1=10.0.0.5");
        assertThat(first.cancelled).isTrue();
        assertThat(scene.now("g")).isNull();
        scene.narrow("g").list("31", slice("g1", 30, "g", "10.0.0.7"));
        assertThat(scene.now("g")).containsExactly("g1=10.0.0.7");
        assertThat(scene.streams.open()).isEqualTo(1);
        assertThat(scene.streams.most()).isEqualTo(2);
    }

    @Test
    void it_is_left_at_half_the_limit_and_not_before_each_has_a_list_of_its_own_W14() {
        NamespaceScene four = new NamespaceScene(4);
        four.open("a", "b", "c", "d", "e");
        four.wide().list("20", slice("a1", 10, "a", "10.0.0.1"), slice("b1", 10, "b", "10.0.0.2"));
        four.wide().head(200, null);
        four.close("c", "d");
        assertThat(four.isWide()).isTrue();
        assertThat(four.streams.open()).isEqualTo(1);
        four.close("e");
        four.narrow("a").list("21", slice("a1", 10, "a", "10.0.0.1"));
        assertThat(four.isWide()).isTrue();
        four.wide().line("MODIFIED", slice("b1", 22, "b", "10.0.0.3"));
        assertThat(four.now("b")).containsExactly("b1=10.0.0.3");
        four.narrow("b").list("23", slice("b1", 22, "b", "10.0.0.3"));
        assertThat(four.isWide()).isFalse();
        assertThat(four.history("a")).hasSize(1);
        assertThat(four.history("b")).hasSize(2);
        assertThat(four.streams.open()).isEqualTo(2);
        assertThat(four.streams.most()).isLessThanOrEqualTo(4);
    }

    @Test
    void a_wide_watch_whose_services_have_all_gone_ends_though_another_is_about_to_join_it_W14() {
        scene.threeShareOne();
        scene.open("d");
        Exchange join = scene.narrow("d");
        scene.close("a", "b", "c");
        assertThat(scene.isWide()).isFalse();
        assertThat(join.cancelled).isTrue();
        scene.narrow("d").list("21");
        scene.narrow("d").head(200, null);
        assertThat(scene.now("d")).isEmpty();
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    void services_that_go_while_a_switch_is_pending_make_it_unnecessary_W14() {
        scene.alone(10, "a", "b");
        scene.open("c");
        assertThat(scene.isWide()).isTrue();
        scene.close("a");
        assertThat(scene.isWide()).isFalse();
        scene.narrow("c").list("21", slice("c1", 15, "c", "10.0.0.3"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        scene.narrow("b").line("MODIFIED", slice("b1", 22, "b", "10.0.0.6"));
        assertThat(scene.now("b")).containsExactly("b1=10.0.0.6");
    }

    @Test
    void a_service_that_comes_while_a_switch_is_pending_is_served_after_it_W14() {
        scene.alone(10, "a", "b");
        scene.open("c");
        scene.open("d");
        assertThat(scene.now("d")).isNull();
        scene.wideOf(slice("c1", 15, "c", "10.0.0.3"), slice("d1", 15, "d", "10.0.0.4"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.3");
        scene.narrow("d").list("21", slice("d1", 15, "d", "10.0.0.4"));
        assertThat(scene.now("d")).containsExactly("d1=10.0.0.4");
    }

    @Test
    void of_a_service_closed_under_a_wide_watch_nothing_is_kept_and_it_comes_back_with_a_list_W14() {
        scene.threeShareOne();
        scene.close("c");
        scene.wide().line("MODIFIED", slice("c1", 25, "c", "10.0.0.8"));
        scene.clock.runDue();
        scene.open("c");
        assertThat(scene.now("c")).isNull();
        scene.narrow("c").list("26", slice("c1", 25, "c", "10.0.0.8"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.8");
        scene.wide().line("MODIFIED", slice("c1", 27, "c", "10.0.0.9"));
        assertThat(scene.now("c")).containsExactly("c1=10.0.0.9");
        assertThat(scene.streams.open()).isEqualTo(1);
    }

    @Test
    void a_service_that_is_opened_anew_before_it_was_closed_is_kept_for_the_new_user() {
        scene.alone(10, "a");
        Feed<List<Slice>> old = scene.feed("a");
        Exchange oldWatch = scene.narrow("a");
        scene.open("a");
        scene.lane.execute(() -> scene.watch.closeOnLane(NamespaceScene.name("a"), old));
        assertThat(scene.narrow("a").path).doesNotContain("watch=1");
        assertThat(oldWatch.cancelled).isTrue();
        scene.narrow("a").list("11", slice("a1", 11, "a", "10.0.0.4"));
        assertThat(scene.now("a")).containsExactly("a1=10.0.0.4");
    }

    @Test
    void closing_leaves_neither_stream_nor_timer_also_in_a_switch_and_without_the_lane() {
        scene.threeShareOne();
        scene.open("d", "e");
        scene.watch.close();
        assertThat(scene.streams.open()).isZero();
        assertThat(scene.clock.timers()).isZero();
        scene.open("f");
        assertThat(scene.streams.open()).isZero();
        assertThat(scene.clock.timers()).isZero();
    }
}
