package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group W: list, watch, resume, relist, back off. */
public class WatchRulesTest {
    private static final RandomGenerator LOWEST = () -> 0L;
    private static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    private final FakeClock clock = new FakeClock();
    private final ScriptedTransport api = new ScriptedTransport();
    private final List<String> heard = new ArrayList<>();
    private final List<@Nullable Trouble> troubles = new ArrayList<>();
    private final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    private final ListWatch<Slice> watch = new ListWatch<>(
            WatchedResource.slices(Samples.SHOP), new ListWatch.Place(api, lane, clock, clock, LOWEST), new Recorder());

    private final class Recorder implements WatchSink<Slice> {
        @Override
        public void onListOnLane(List<Slice> objects) {
            heard.add("list " + names(objects));
        }

        @Override
        public void onEventsOnLane(List<Event<Slice>> events) {
            for (Event<Slice> event : events) {
                if (event instanceof WatchEvents.Put<Slice> put) {
                    heard.add("put " + put.object().id().name());
                } else if (event instanceof WatchEvents.Removed<Slice> removed) {
                    heard.add("removed " + removed.object().id().name());
                }
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            troubles.add(trouble);
        }
    }

    private static List<String> names(List<Slice> slices) {
        return slices.stream().map(slice -> slice.id().name()).toList();
    }

    @BeforeEach
    void start() {
        watch.start();
        clock.runDue();
    }

    /** The exchange that runs, after everything due has been done. */
    private Exchange now() {
        clock.runDue();
        return api.last();
    }

    private Exchange watching() {
        now().list("7", Samples.json("s1", "5"));
        Exchange watching = now();
        assertThat(watching.isWatch()).isTrue();
        watching.head(200, null);
        clock.runDue();
        return watching;
    }

    private @Nullable Trouble trouble() {
        clock.runDue();
        return troubles.isEmpty() ? null : troubles.get(troubles.size() - 1);
    }

    @Test
    void the_first_list_asks_for_the_most_recent_state_without_pages_W6_W17() {
        assertThat(now().path)
                .isEqualTo("/apis/discovery.k8s.io/v1/namespaces/prod/endpointslices"
                        + "?labelSelector=kubernetes.io%2Fservice-name%3Dshop");
        assertThat(WatchedResource.service(Samples.SHOP).path() + "?"
                        + WatchedResource.service(Samples.SHOP).selector())
                .isEqualTo("/api/v1/namespaces/prod/services?fieldSelector=metadata.name%3Dshop");
    }

    @Test
    void the_watch_begins_at_the_list_s_version_with_bookmarks_and_a_limit_of_300_to_600_s_W1_W3_W4() {
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
    void a_broken_watch_is_resumed_after_a_tenth_of_a_second() {
        watching().end(new IOException("reset"));
        clock.runDue();
        int before = api.exchanges.size();
        clock.advance(Duration.ofMillis(99));
        assertThat(api.exchanges).hasSize(before);
        clock.advance(Duration.ofMillis(1));
        assertThat(now().path).contains("resourceVersion=7&");
        assertThat(troubles).as("a break alone is no trouble").containsOnlyNulls();
    }

    @Test
    void a_watch_that_ends_within_a_second_without_an_event_counts_as_a_failure_W11() {
        watching().end(null);
        clock.runDue();
        int before = api.exchanges.size();
        clock.advance(Duration.ofMillis(99));
        assertThat(api.exchanges).hasSize(before);
        Exchange second = atOnceAfter(Duration.ofMillis(1));
        second.head(200, null);
        clock.advance(Duration.ofSeconds(1));
        second.end(null);
        assertThat(now()).as("a second of life is enough").isNotSameAs(second);
    }

    private Exchange atOnceAfter(Duration delay) {
        clock.advance(delay);
        return now();
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
    void a_relist_asks_for_what_was_seen_or_newer_and_if_refused_for_the_most_recent_W6() {
        watching().line("MODIFIED", Samples.json("s1", "15")).line("ERROR", GONE);
        Exchange list = now();
        assertThat(list.path).endsWith("&resourceVersion=15");
        list.refuse(504, null);
        Exchange unset = atOnceAfter(Duration.ofMillis(100));
        assertThat(unset.isWatch()).isFalse();
        assertThat(unset.path).doesNotContain("resourceVersion");
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
    void an_error_event_of_another_code_resumes_with_backoff_W10() {
        watching().line("ERROR", "{kind: 'Status', code: 500, message: 'etcd'}");
        clock.runDue();
        int before = api.exchanges.size();
        clock.advance(Duration.ofMillis(99));
        assertThat(api.exchanges).hasSize(before);
        assertThat(atOnceAfter(Duration.ofMillis(1)).path).contains("watch=1").contains("resourceVersion=7&");
    }

    @ParameterizedTest
    @CsvSource({
        "401, NOT_SYNCED, 100",
        "403, FORBIDDEN, 15000",
        "404, NOT_SYNCED, 15000",
        "429, NOT_SYNCED, 3000",
        "503, NOT_SYNCED, 3000",
        "500, NOT_SYNCED, 100"
    })
    void refusals_are_told_and_retried_in_their_own_time_W10(int status, Reason reason, long millis) {
        now().refuse(status, "3");
        assertThat(trouble()).satisfies(told -> {
            assertThat(told).isNotNull();
            assertThat(told.reason()).isEqualTo(reason);
            assertThat(told.text()).contains("http://api.test").contains(Integer.toString(status));
        });
        clock.advance(Duration.ofMillis(millis - 1));
        assertThat(api.exchanges).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        now().list("7");
        assertThat(trouble()).as("it is over").isNull();
        assertThat(heard).containsExactly("list []");
    }

    @Test
    void a_retry_after_beyond_reason_is_bounded() {
        now().refuse(429, "86400");
        clock.advance(Duration.ofMinutes(1));
        assertThat(api.exchanges).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 503})
    void a_watch_refused_is_resumed_and_not_listed_again_W2(int status) {
        watching().end(null);
        atOnceAfter(Duration.ofMillis(100)).refuse(status, null);
        Exchange next = atOnceAfter(Duration.ofSeconds(30));
        assertThat(next.path).contains("watch=1").contains("resourceVersion=7&");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void a_watch_refused_as_malformed_begins_anew_with_a_list_of_the_most_recent_state(int status) {
        watching().end(null);
        atOnceAfter(Duration.ofMillis(100)).refuse(status, null);
        Exchange anew = atOnceAfter(Duration.ofSeconds(30));
        assertThat(anew.isWatch()).isFalse();
        assertThat(anew.path).as("the version may be what was refused").doesNotContain("resourceVersion");
        anew.list("21", Samples.json("s2", "20"));
        assertThat(now().path).contains("watch=1").contains("resourceVersion=21&");
        assertThat(heard).containsExactly("list [s1]", "list [s2]");
    }

    @Test
    void a_line_that_cannot_be_read_begins_anew_and_keeps_what_is_known() {
        watching().bytes("<html>\n");
        Exchange list = atOnceAfter(Duration.ofMillis(100));
        assertThat(list.isWatch()).isFalse();
        assertThat(heard).containsExactly("list [s1]");
    }

    @Test
    void silence_of_75_s_ends_a_watch_and_resumes_it_and_any_byte_is_a_sign_of_life_W13() {
        Exchange watching = watching();
        clock.advance(Duration.ofSeconds(60));
        watching.line("BOOKMARK", "{metadata: {resourceVersion: '9'}}");
        clock.advance(Duration.ofSeconds(74));
        assertThat(watching.cancelled).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(watching.cancelled).isTrue();
        assertThat(atOnceAfter(Duration.ofMillis(100)).path).contains("watch=1").contains("resourceVersion=9&");
        assertThat(heard).as("silence empties nothing").containsExactly("list [s1]");
        assertThat(troubles).containsOnlyNulls();
    }

    @Test
    void a_watch_that_is_silent_again_and_again_is_resumed_after_a_tenth_of_a_second_each_time_W11_W13() {
        Exchange watching = watching();
        for (int i = 0; i < 20; i++) { // More than the tries before waits double.
            clock.advance(Duration.ofSeconds(75));
            assertThat(watching.cancelled).isTrue();
            Exchange resumed = atOnceAfter(Duration.ofMillis(100));
            assertThat(resumed).as("resumption %s", i).isNotSameAs(watching);
            resumed.head(200, null);
            clock.runDue();
            watching = resumed;
        }
    }

    @Test
    void a_request_without_any_answer_for_30_s_is_a_trouble() {
        clock.advance(Duration.ofSeconds(30));
        assertThat(trouble()).satisfies(told -> {
            assertThat(told).isNotNull();
            assertThat(told.text()).contains("no answer within 30 s");
        });
        assertThat(api.exchanges.get(0).cancelled).isTrue();
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
