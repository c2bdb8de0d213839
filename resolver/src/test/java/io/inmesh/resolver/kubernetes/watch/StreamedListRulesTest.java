package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W-8, W-9: lists that come in the stream of the watch. */
class StreamedListRulesTest extends WatchScene {
    private static final String END =
            "{metadata: {resourceVersion: '7', annotations: {'k8s.io/initial-events-end': 'true'}}}";

    StreamedListRulesTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT);
    }

    private Exchange opened() {
        Exchange stream = now().head(200, null);
        clock.runDue();
        return stream;
    }

    private Exchange listed() {
        Exchange stream = opened().line("ADDED", Samples.json("s1", "5")).line("BOOKMARK", END);
        clock.runDue();
        return stream;
    }

    @Test
    void the_first_request_asks_for_a_list_in_the_stream_W9() {
        assertThat(now().path)
                .endsWith("?labelSelector=kubernetes.io%2Fservice-name%3Dshop&watch=1&allowWatchBookmarks=true"
                        + "&timeoutSeconds=300&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
    }

    @Test
    void nothing_is_told_before_the_end_mark_and_then_all_at_once_and_the_stream_goes_on_W9() {
        Exchange stream = opened().line("ADDED", Samples.json("s2", "6"))
                .line("ADDED", Samples.json("s1", "5"))
                .line("BOOKMARK", "{metadata: {resourceVersion: '6'}}");
        clock.runDue();
        assertThat(heard).isEmpty();
        assertThat(watch.pulse().isConnected()).isFalse();
        assertThat(watch.pulse().sinceLastSign()).isEmpty();
        stream.line("BOOKMARK", END).line("MODIFIED", Samples.json("s3", "8"));
        clock.runDue();
        assertThat(heard).containsExactly("list [s2, s1]", "put s3");
        assertThat(watch.pulse().isConnected()).isTrue();
        assertThat(troubles).containsOnlyNulls();
        assertThat(api.exchanges).hasSize(1);
        assertThat(stream.cancelled).isFalse();
        clock.advance(Duration.ofSeconds(60));
        assertThat(stream.cancelled).as("the end mark came in time").isFalse();
    }

    @Test
    void the_list_is_the_same_wherever_its_bytes_are_cut_W1_W9() {
        String text = ("{'type':'ADDED','object':" + Samples.json(Samples.json("s-\u00e9", "5")) + "}\n"
                        + "{'type':'BOOKMARK','object':" + Samples.json(END) + "}\n")
                .replace('\'', '"');
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes.length).isGreaterThan(100);
        Exchange stream = opened();
        for (int cut = 0; cut <= bytes.length; cut++) {
            heard.clear();
            stream.piece(Arrays.copyOfRange(bytes, 0, cut));
            stream.piece(Arrays.copyOfRange(bytes, cut, bytes.length));
            clock.runDue();
            assertThat(heard).as("cut at %s", cut).containsExactly("list [s-\u00e9]");
            clock.advance(Duration.ofSeconds(1));
            stream.line("ERROR", "{code: 410, reason: 'Expired'}");
            stream = next().head(200, null);
            clock.runDue();
        }
    }

    @Test
    void what_changes_while_the_list_comes_is_in_it_W9() {
        opened().line("ADDED", Samples.json("s1", "5"))
                .line("ADDED", Samples.json("s2", "5"))
                .line("DELETED", Samples.json("s1", "6"))
                .line("MODIFIED", Samples.json("s2", "7"))
                .line("BOOKMARK", END);
        clock.runDue();
        assertThat(heard).containsExactly("list [s2]");
    }

    @Test
    void a_stream_that_ends_is_resumed_from_the_end_mark_without_a_list_W2_W7_W8() {
        Exchange stream = listed();
        clock.advance(Duration.ofSeconds(1));
        stream.end(null);
        assertThat(now().path)
                .contains("&resourceVersion=7&")
                .doesNotContain("sendInitialEvents")
                .doesNotContain("resourceVersionMatch"); // W-7
        assertThat(heard).containsExactly("list [s1]");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void a_server_that_refuses_it_is_asked_for_lists_from_then_on_at_once_W9(int status) {
        now().refuse(status, null);
        Exchange list = now();
        assertThat(list.path).doesNotContain("watch").doesNotContain("resourceVersion");
        assertThat(api.streamingLists().areExpected(clock.nanoTime())).isFalse();
        list.list("7", Samples.json("s1", "5"));
        assertThat(now().path).contains("watch=1").doesNotContain("sendInitialEvents");
        assertThat(troubles).containsOnlyNulls();
        now().head(200, null).line("MODIFIED", Samples.json("s1", "8")).line("ERROR", "{code: 410}");
        assertThat(now().path).as("the next list").endsWith("&resourceVersion=8");
    }

    @Test
    void a_server_that_ignores_it_shows_so_by_no_end_mark_within_5_s_W8_W9() {
        Exchange stream = opened().line("ADDED", Samples.json("s1", "5"));
        for (int i = 0; i < 49; i++) { // However much comes.
            clock.advance(Duration.ofMillis(100));
            stream.line("MODIFIED", Samples.json("s1", Integer.toString(10 + i)));
        }
        clock.advance(Duration.ofMillis(99));
        assertThat(stream.cancelled).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(stream.cancelled).isTrue();
        assertThat(heard).as("what came in no order says nothing").isEmpty();
        now().list("70", Samples.json("s1", "58"));
        assertThat(now().path).contains("&resourceVersion=70&").doesNotContain("sendInitialEvents");
        assertThat(heard).containsExactly("list [s1]");
        assertThat(troubles).containsOnlyNulls();
        assertThat(api.streamingLists().areExpected(clock.nanoTime())).isFalse();
    }

    @Test
    void only_the_first_watch_of_a_connection_pays_for_finding_out_W9() {
        now().refuse(422, null);
        ListWatch<?> second = new ListWatch<>(
                WatchedResource.service(Samples.SHOP),
                new ListWatch.Place(api, lane, clock, clock, LOWEST),
                new SilentSink<>());
        clock.runDue();
        second.start();
        assertThat(now().path).endsWith("/services?fieldSelector=metadata.name%3Dshop");
    }

    @Test
    void a_version_too_old_is_listed_in_a_stream_and_what_is_known_stays_until_that_is_whole_W5_W9() {
        Exchange stream = listed();
        clock.advance(Duration.ofSeconds(2));
        stream.line("ERROR", "{code: 410, reason: 'Expired'}");
        Exchange again = now().head(200, null);
        assertThat(again.path).contains("&resourceVersion=7&").contains("&sendInitialEvents=true");
        again.line("ADDED", Samples.json("s2", "19"));
        clock.advance(Duration.ofSeconds(4));
        assertThat(heard).containsExactly("list [s1]");
        assertThat(watch.pulse().sinceLastSign())
                .as("half a list is no proof that data are current")
                .contains(Duration.ofSeconds(5));
        again.line("BOOKMARK", END.replace("'7'", "'20'"));
        clock.runDue();
        assertThat(heard).containsExactly("list [s1]", "list [s2]");
    }

    @Test
    void a_version_too_old_right_after_its_list_is_listed_again_with_backoff_W11() {
        listed().line("ERROR", "{code: 410}");
        clock.runDue();
        clock.advance(Duration.ofMillis(99));
        assertThat(api.exchanges).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(api.exchanges).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_streamed_relist_whose_version_is_refused_asks_for_the_most_recent_W6(boolean inStream) {
        Exchange stream = listed();
        clock.advance(Duration.ofSeconds(2));
        stream.line("ERROR", "{code: 410}");
        Exchange again = now();
        if (inStream) {
            again.head(200, null).line("ERROR", "{code: 410}");
            clock.runDue();
        } else {
            again.refuse(410, null);
        }
        assertThat(atOnceAfter(Duration.ofMillis(100)).path)
                .contains("sendInitialEvents")
                .doesNotContain("resourceVersion=");
        assertThat(api.exchanges).hasSize(3);
    }

    @Test
    void a_streamed_relist_from_a_version_not_reached_waits_as_told_and_asks_for_the_most_recent_W6() {
        Exchange stream = listed();
        clock.advance(Duration.ofSeconds(2));
        stream.line("ERROR", "{code: 410}");
        now().refuseVersionTooLarge();
        clock.runDue();
        clock.advance(Duration.ofMillis(1099));
        assertThat(api.exchanges).hasSize(2);
        assertThat(atOnceAfter(Duration.ofMillis(1)).path).doesNotContain("resourceVersion=");
    }

    @Test
    void a_streamed_list_that_breaks_is_told_and_begun_anew_and_none_of_it_is_used_A14() {
        opened().line("ADDED", Samples.json("s1", "5")).end(new IOException("reset"));
        assertThat(trouble()).extracting(Trouble::situation).isEqualTo("unreachable");
        Exchange again = atOnceAfter(Duration.ofMillis(100));
        assertThat(again.path).contains("sendInitialEvents");
        again.head(200, null).line("ADDED", Samples.json("s2", "6")).line("BOOKMARK", END);
        assertThat(trouble()).isNull();
        assertThat(heard).containsExactly("list [s2]");
    }

    @Test
    void one_that_ends_in_order_without_its_end_mark_is_made_up_for_by_a_list_but_not_held_against_the_server_W9() {
        opened().line("ADDED", Samples.json("s1", "5")).end(null);
        clock.runDue();
        Exchange list = atOnceAfter(Duration.ofMillis(100));
        assertThat(list.isWatch()).isFalse();
        assertThat(api.streamingLists().areExpected(clock.nanoTime())).isTrue();
        list.list("9", Samples.json("s1", "5"));
        now().head(200, null).line("MODIFIED", Samples.json("s1", "10")).line("ERROR", "{code: 410}");
        assertThat(now().path).as("the next one").contains("sendInitialEvents");
    }

    @Test
    void an_error_event_before_the_end_mark_is_a_refusal_W10() {
        opened().line("ERROR", "{kind: 'Status', code: 503, message: 'not ready', details: {retryAfterSeconds: 2}}");
        assertThat(trouble())
                .extracting(Trouble::text)
                .asString()
                .contains("503")
                .contains("not ready");
        clock.advance(Duration.ofMillis(2199));
        assertThat(api.exchanges).hasSize(1);
        assertThat(atOnceAfter(Duration.ofMillis(1)).path).contains("sendInitialEvents");
    }

    @Test
    void closing_leaves_no_timer() {
        Exchange stream = opened();
        watch.close();
        assertThat(stream.cancelled).isTrue();
        clock.runDue();
        assertThat(clock.timers()).isZero();
    }

    @Test
    void a_server_that_could_not_stream_lists_is_asked_again_after_45_minutes_since_it_may_be_a_newer_one_W9() {
        now().refuse(422, null);
        now().list("7", Samples.json("s1", "5"));
        now().head(200, null);
        clock.advance(Duration.ofSeconds(1));
        now().line("ERROR", GONE).end(null);
        assertThat(now().path).as("soon after").doesNotContain("watch=1");
        now().list("8", Samples.json("s1", "5"));
        now().head(200, null);
        for (int i = 0; i < 45; i++) { // Bookmarks keep it alive.
            clock.advance(Duration.ofMinutes(1));
            now().line("BOOKMARK", "{metadata: {resourceVersion: '" + (10 + i) + "'}}");
        }
        now().line("ERROR", GONE).end(null);
        assertThat(now().path).as("much later").contains("sendInitialEvents=true");
        now().refuse(422, null);
        assertThat(now().path).as("it still cannot").doesNotContain("watch=1");
        assertThat(api.streamingLists().areExpected(clock.nanoTime())).isFalse();
        assertThat(troubles).containsOnlyNulls();
    }
}
