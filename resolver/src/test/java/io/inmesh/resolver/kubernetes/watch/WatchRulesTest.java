package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group W: list, watch, resume, relist, back off. */
class WatchRulesTest extends WatchScene {

    WatchRulesTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE));
    }

    @Test
    void the_first_list_asks_for_the_most_recent_state_without_pages_W6_W17_W19() {
        assertThat(now().path)
                .isEqualTo("/apis/discovery.k8s.io/v1/namespaces/prod/endpointslices"
                        + "?labelSelector=kubernetes.io%2Fservice-name%3Dshop");
        assertThat(WatchedResource.service(Samples.SHOP).path() + "?"
                        + WatchedResource.service(Samples.SHOP).selector())
                .isEqualTo("/api/v1/namespaces/prod/services?fieldSelector=metadata.name%3Dshop");
    }

    @Test
    void the_watch_begins_at_the_list_s_version_with_bookmarks_and_a_limit_of_300_to_600_s_W1_W3_W4_W7() {
        assertThat(watching().path)
                .contains("&watch=1")
                .contains("&allowWatchBookmarks=true")
                .contains("&resourceVersion=7&")
                .endsWith("&timeoutSeconds=300")
                .doesNotContain("resourceVersionMatch"); // W-7
    }

    @Test
    void events_are_lines_cut_anywhere_and_unknown_types_are_skipped_W1() {
        Exchange watching = watching();
        String line = "{\"type\":\"ADDED\",\"object\":" + Samples.json(Samples.json("s-\u00e9", "8")) + "}\n";
        for (byte each : line.getBytes(StandardCharsets.UTF_8)) {
            watching.piece(new byte[] {each});
        }
        watching.line("STRANGE", "{future: true}").line("DELETED", Samples.json("s1", "9"));
        now();
        assertThat(heard).containsExactly("list [s1]", "put s-\u00e9", "removed s1");
    }

    @ParameterizedTest
    @CsvSource({"ADDED, 12", "MODIFIED, 12", "DELETED, 12", "BOOKMARK, 12"})
    void a_watch_that_ends_is_resumed_at_once_from_the_last_version_without_a_list_W2_W3_W4(
            String type, String version) {
        Exchange watching = watching();
        watching.line(type, Samples.json("s2", version));
        clock.runDue();
        watching.end(null);
        assertThat(now().path).contains("resourceVersion=12&").contains("watch=1");
        assertThat(heard.stream().filter(each -> each.startsWith("list"))).hasSize(1);
    }

    @Test
    void an_expired_version_is_listed_again_at_once_and_what_is_known_stays_until_the_list_is_whole_W5() {
        Exchange watching = watching();
        clock.advance(Duration.ofSeconds(2));
        watching.line("ERROR", GONE);
        Exchange list = now();
        assertThat(watching.cancelled).isTrue();
        assertThat(list.isWatch()).isFalse();
        list.head(200, null).bytes("{\"metadata\":{\"resourceVersion\":\"20\"},\"items\":[");
        clock.runDue();
        assertThat(heard).containsExactly("list [s1]");
        list.bytes(Samples.json(Samples.json("s2", "19")) + "]}").end(null);
        assertThat(now().path).contains("resourceVersion=20&");
        assertThat(heard).containsExactly("list [s1]", "list [s2]");
    }

    @Test
    void a_410_as_status_counts_alike_W5() {
        watching().end(null);
        atOnceAfter(Duration.ofMillis(100)).refuse(410, null);
        assertThat(now().isWatch()).isFalse();
        assertThat(heard).containsExactly("list [s1]");
    }

    @Test
    void a_version_too_old_right_after_its_list_is_listed_again_with_backoff() {
        watching().line("ERROR", GONE);
        clock.runDue();
        int before = api.exchanges.size();
        clock.advance(Duration.ofMillis(99));
        assertThat(api.exchanges).hasSize(before);
        assertThat(atOnceAfter(Duration.ofMillis(1)).isWatch()).isFalse();
    }

    @Test
    void versions_too_old_again_and_again_are_listed_with_backoff_whatever_came_between_W5_W11() {
        Exchange watching = watching();
        for (int i = 0; i < 12; i++) {
            watching.line("MODIFIED", Samples.json("s1", Integer.toString(100 + i)));
            clock.advance(Duration.ofMillis(1500));
            watching.line("ERROR", GONE);
            Exchange list = now();
            if (i == 0) {
                assertThat(list.isWatch()).as("the first at once").isFalse();
            } else {
                assertThat(list).as("relist %s", i).isSameAs(watching);
                clock.advance(Duration.ofMillis(99));
                assertThat(api.last()).as("relist %s", i).isSameAs(watching);
                list = next();
            }
            list.list(Integer.toString(200 + i), Samples.json("s1", "5"));
            watching = now().head(200, null);
            clock.runDue();
        }
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMinutes(1));
            watching.line("BOOKMARK", Samples.json("s1", Integer.toString(300 + i)));
        }
        watching.line("ERROR", GONE);
        assertThat(now().isWatch()).as("after health at once again").isFalse();
    }

    @Test
    void a_relist_asks_for_what_was_seen_or_newer_and_if_refused_for_the_most_recent_W6() {
        watching().line("MODIFIED", Samples.json("s1", "15")).line("ERROR", GONE);
        Exchange list = now();
        assertThat(list.path).endsWith("&resourceVersion=15");
        list.refuseVersionTooLarge();
        clock.advance(Duration.ofMillis(1099));
        assertThat(api.last()).as("the server's hint is a second").isSameAs(list);
        Exchange unset = atOnceAfter(Duration.ofMillis(1));
        assertThat(unset.isWatch()).isFalse();
        assertThat(unset.path).doesNotContain("resourceVersion");
    }

    @Test
    void a_relist_whose_version_is_too_old_asks_for_the_most_recent_W6() {
        watching().line("MODIFIED", Samples.json("s1", "15")).line("ERROR", GONE);
        now().refuse(410, null);
        assertThat(atOnceAfter(Duration.ofMillis(100)).path).doesNotContain("resourceVersion");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    void a_504_of_something_between_keeps_the_version_W6() {
        watching().line("MODIFIED", Samples.json("s1", "15")).line("ERROR", GONE);
        now().refuse(504, null);
        assertThat(atOnceAfter(Duration.ofMillis(100)).path).endsWith("&resourceVersion=15");
    }

    @Test
    void a_watch_that_told_nothing_before_it_fell_silent_is_resumed_once_the_server_proves_its_version_W6_W13() {
        Exchange silent = watching();
        clock.advance(Duration.ofSeconds(75));
        Exchange proof = atOnceAfter(Duration.ofMillis(100));
        assertThat(silent.cancelled).isTrue();
        assertThat(proof.path)
                .endsWith("shop&resourceVersion=7&resourceVersionMatch=NotOlderThan&limit=1")
                .doesNotContain("watch");
        Duration age = watch.pulse().age();
        proof.head(200, null)
                .bytes("{\"metadata\":{\"resourceVersion\":\"9\",\"continue\":\"abc\"},\"items\":[]}")
                .end(null);
        Exchange resumed = now();
        assertThat(resumed.path).as("from where it was").contains("watch=1").contains("resourceVersion=7&");
        assertThat(watch.pulse().age()).as("it proves nothing of what is known").isGreaterThanOrEqualTo(age);
        assertThat(heard).as("nor is it a list").containsExactly("list [s1]");
        assertThat(troubles).containsOnlyNulls();
    }

    /** A restored backup: a watch from a version that is not reached yet is accepted and says nothing; only lists are refused. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_version_that_the_server_has_not_reached_is_given_up_for_a_list_of_the_most_recent_state_W6(boolean refused) {
        watching();
        clock.advance(Duration.ofSeconds(75));
        Exchange proof = atOnceAfter(Duration.ofMillis(100));
        if (refused) {
            proof.refuseVersionTooLarge();
        } else {
            proof.list("3");
        }
        Exchange anew = next();
        assertThat(anew.isWatch()).isFalse();
        assertThat(anew.path).doesNotContain("resourceVersion");
        anew.list("3", Samples.json("s2", "2"));
        assertThat(now().path).as("back to a lower version").contains("watch=1").contains("resourceVersion=3&");
        assertThat(heard).containsExactly("list [s1]", "list [s2]");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    void after_an_outage_of_a_minute_the_server_proves_its_version_before_anything_is_watched_W6() {
        watching().end(new IOException("reset"));
        clock.runDue();
        for (int i = 0; i < 30 && api.last().isWatch(); i++) {
            next().end(new IOException("refused"));
            clock.runDue();
        }
        assertThat(api.last().path).contains("limit=1");
        assertThat(clock.nanoTime())
                .isGreaterThanOrEqualTo(Duration.ofMinutes(1).toNanos());
        next().refuseVersionTooLarge();
        assertThat(next().path).doesNotContain("resourceVersion");
    }

    @Test
    void a_proof_that_is_refused_is_a_trouble_and_asked_for_again_W10() {
        watching();
        clock.advance(Duration.ofSeconds(75));
        atOnceAfter(Duration.ofMillis(100)).refuse(500, null);
        assertThat(trouble())
                .extracting(Trouble::text)
                .asString()
                .contains("answered 500")
                .contains("to list");
        Exchange again = next();
        assertThat(again.path).contains("limit=1");
        again.list("8");
        now().head(200, null);
        assertThat(trouble()).isNull();
        assertThat(heard).containsExactly("list [s1]");
    }

    @Test
    void who_may_not_list_watches_on_without_a_proof() {
        watching();
        clock.advance(Duration.ofSeconds(75));
        atOnceAfter(Duration.ofMillis(100)).refuse(403, null);
        Exchange resumed = now();
        assertThat(resumed.path).contains("watch=1").contains("resourceVersion=7&");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    void a_watch_refused_for_its_version_begins_anew_after_a_second_W6() { // As some servers do.
        watching().end(null);
        atOnceAfter(Duration.ofMillis(100)).refuseVersionTooLarge();
        clock.advance(Duration.ofMillis(1099));
        assertThat(api.exchanges).hasSize(3);
        Exchange anew = atOnceAfter(Duration.ofMillis(1));
        assertThat(anew.isWatch()).isFalse();
        assertThat(anew.path).doesNotContain("resourceVersion");
    }

    @Test
    void a_page_of_a_list_is_no_list_W17() {
        now().head(200, null)
                .bytes("{\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"abc\"},\"items\":[]}")
                .end(null);
        assertThat(trouble()).extracting(Trouble::text).asString().contains("one page of several");
        assertThat(heard).isEmpty();
    }

    @Test
    void a_list_cut_off_in_the_middle_says_nothing_A14() {
        now().head(200, null)
                .bytes("{\"metadata\":{\"resourceVersion\":\"20\"},\"items\":[")
                .end(null);
        assertThat(trouble()).extracting(Trouble::reason).isEqualTo(Reason.NOT_SYNCED);
        atOnceAfter(Duration.ofMillis(100)).head(200, null).end(new IOException("cut"));
        assertThat(trouble()).extracting(Trouble::situation).isEqualTo("unreachable");
        assertThat(heard).isEmpty();
    }

    @Test
    void twenty_reconnects_with_a_version_still_served_cost_no_list_W2() {
        Exchange watching = watching();
        for (int i = 0; i < 20; i++) {
            watching.line("MODIFIED", Samples.json("s1", Integer.toString(100 + i)));
            clock.runDue();
            watching.end(i % 2 == 0 ? null : new IOException("reset"));
            clock.runDue();
            watching = atOnceAfter(Duration.ofSeconds(i % 2 == 0 ? 0 : 2));
            assertThat(watching.path).contains("watch=1").contains("resourceVersion=" + (100 + i) + "&");
            watching.head(200, null);
            clock.runDue();
        }
        assertThat(api.exchanges).filteredOn(exchange -> !exchange.isWatch()).hasSize(1);
        assertThat(heard).hasSize(21);
    }

    @Test
    void an_older_version_in_the_stream_is_not_what_is_resumed_from_W6_W16() {
        watching()
                .line("MODIFIED", Samples.json("s1", "12"))
                .line("MODIFIED", Samples.json("s2", "11"))
                .end(null);
        assertThat(now().path).contains("resourceVersion=12&");
        assertThat(heard)
                .as("whoever holds the objects drops the older")
                .containsExactly("list [s1]", "put s1", "put s2");
    }

    @Test
    void an_object_with_a_deletion_timestamp_is_live_until_it_is_removed_and_that_shows_its_last_content_W15() {
        String leaving =
                Samples.json("s1", "12").replace("{name:", "{deletionTimestamp: '2026-01-01T00:00:00Z', name:");
        watching().line("MODIFIED", leaving).line("DELETED", leaving.replace("'12'", "'13'"));
        clock.runDue();
        assertThat(heard).containsExactly("list [s1]", "put s1", "removed s1");
    }

    @Test
    void a_flood_wakes_the_lane_800_times_a_second_at_most_and_a_first_change_is_told_at_once() {
        Exchange watching = watching();
        for (int i = 0; i < 10_000; i++) {
            watching.line("MODIFIED", Samples.json("s1", Integer.toString(100 + i)));
            clock.advance(Duration.ofNanos(100_000));
            assertThat(heard.size()).as("told within 10 ms").isGreaterThanOrEqualTo(i - 100);
        }
        clock.advance(Duration.ofMillis(10));
        assertThat(heard).hasSize(10_001);
        assertThat(batches).isBetween(100, 1000);
        watching.line("DELETED", Samples.json("s1", "20000"));
        clock.runDue();
        assertThat(heard).hasSize(10_002);
    }

    @Test
    void what_waits_in_a_flood_is_told_before_the_end_that_follows_it_W2() {
        Exchange watching = watching();
        for (int i = 0; i < 50; i++) {
            watching.line("MODIFIED", Samples.json("s1", Integer.toString(100 + i)));
            clock.runDue();
        }
        watching.end(null);
        assertThat(now().path).contains("&resourceVersion=149&");
        assertThat(heard).hasSize(51);
    }

    @Test
    void a_burst_comes_to_the_lane_in_one_go() {
        Exchange watching = watching();
        for (int i = 0; i < 500; i++) {
            watching.line("MODIFIED", Samples.json("s" + i, Integer.toString(100 + i)));
        }
        clock.runDue();
        assertThat(heard).hasSize(501);
        assertThat(batches).isEqualTo(1);
    }

    @Test
    void the_pulse_says_whether_a_watch_is_open_and_how_old_the_last_sign_of_life_is_W12() {
        assertThat(watch.pulse().sinceLastSign()).isEmpty();
        assertThat(watch.pulse().isConnected()).isFalse();
        Exchange watching = watching();
        assertThat(watch.pulse().isConnected()).isTrue();
        clock.advance(Duration.ofSeconds(40));
        assertThat(watch.pulse().sinceLastSign()).as("it lived for a second").contains(Duration.ofSeconds(39));
        watching.line("STRANGE", "{}");
        assertThat(watch.pulse().sinceLastSign()).as("any line").contains(Duration.ZERO);
        clock.advance(Duration.ofSeconds(3));
        watching.bytes("{");
        assertThat(watch.pulse().sinceLastSign())
                .as("half a line proves nothing")
                .contains(Duration.ofSeconds(3));
        watching.end(new IOException("reset"));
        clock.runDue();
        assertThat(watch.pulse().isConnected()).isFalse();
        Exchange resumed = atOnceAfter(Duration.ofMillis(100));
        assertThat(watch.pulse().sinceLastSign()).contains(Duration.ofMillis(3100));
        resumed.refuse(500, null);
        now();
        assertThat(watch.pulse().sinceLastSign()).as("a refusal is none").contains(Duration.ofMillis(3100));
        atOnceAfter(Duration.ofMillis(200)).head(200, null);
        now();
        assertThat(watch.pulse().sinceLastSign()).as("nor is a head").contains(Duration.ofMillis(3300));
        clock.advance(Duration.ofSeconds(1));
        assertThat(watch.pulse().sinceLastSign()).as("a watch that lives").contains(Duration.ZERO);
        assertThat(watch.pulse().isConnected()).isTrue();
        watch.close();
        assertThat(watch.pulse().isConnected()).isFalse();
    }

    @Test
    void what_an_earlier_exchange_still_has_to_say_is_not_heard() {
        Exchange watching = watching();
        clock.advance(Duration.ofSeconds(2));
        watching.line("ERROR", GONE);
        now();
        watching.line("ADDED", Samples.json("late", "99"));
        watching.end(new IOException("late"));
        now();
        assertThat(heard).containsExactly("list [s1]");
        assertThat(api.last().isWatch()).isFalse();
    }

    @Test
    void closing_ends_the_exchange_and_leaves_no_timer() {
        Exchange watching = watching();
        watch.close();
        assertThat(watching.cancelled).isTrue();
        watching.end(new IOException("cancelled"));
        clock.runDue();
        assertThat(clock.timers()).isZero();
        assertThat(api.last()).isSameAs(watching);
    }

    @Test
    void closing_while_waiting_to_retry_leaves_no_timer() {
        now().refuse(500, null);
        clock.runDue();
        watch.close();
        assertThat(clock.timers()).isZero();
    }
}
