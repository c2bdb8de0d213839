package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Group W: what goes wrong and how soon it is tried again. */
class WatchFailureRulesTest extends WatchScene {

    WatchFailureRulesTest() {
        super(new StreamingLists(), WatchConfig.DEFAULT.with(WatchConfig.Lists.WHOLE));
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

    @Test
    void credentials_refused_are_read_again_at_once_once_and_then_with_backoff_W10() {
        now().refuse(401, null);
        Exchange again = now();
        assertThat(api.exchanges).hasSize(2);
        assertThat(troubles).as("a token that was just replaced is no trouble").isEmpty();
        again.refuse(401, null);
        assertThat(trouble()).extracting(Trouble::situation).isEqualTo("401");
        assertThat(api.exchanges).hasSize(2);
        atOnceAfter(Duration.ofMillis(100)).list("7");
        now().refuse(401, null);
        assertThat(now().path)
                .as("once more, since they were accepted meanwhile")
                .contains("watch=1");
        assertThat(api.exchanges).hasSize(5);
        assertThat(trouble()).isNull();
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
    @CsvSource({"429, 3300", "503, 3300", "500, 3300", "409, 100"})
    void an_error_event_says_when_to_come_again_W10(int code, long millis) {
        watching().line("ERROR", "{kind: 'Status', code: " + code + ", details: {retryAfterSeconds: 3}}");
        clock.runDue();
        clock.advance(Duration.ofMillis(millis - 1));
        assertThat(api.exchanges).hasSize(2);
        assertThat(atOnceAfter(Duration.ofMillis(1)).path).contains("resourceVersion=7&");
    }

    @Test
    void a_status_in_a_body_says_when_to_come_again_as_well_as_a_header_W10() {
        now().head(503, null)
                .bytes("{\"kind\":\"Status\",\"details\":{\"retryAfterSeconds\":2}}")
                .end(null);
        clock.runDue();
        clock.advance(Duration.ofMillis(2199));
        assertThat(api.exchanges).hasSize(1);
        assertThat(atOnceAfter(Duration.ofMillis(1))).isNotNull();
        assertThat(api.exchanges).hasSize(2);
    }

    @Test
    void two_minutes_of_health_forget_failures_however_they_end_W11() {
        Exchange watching = watching();
        for (int i = 0; i < 4; i++) { // So that waits are 800 ms.
            watching.end(new IOException("reset"));
            clock.runDue();
            watching = atOnceAfter(Duration.ofSeconds(1));
            watching.head(200, null);
            clock.runDue();
        }
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofMinutes(1));
            watching.line("BOOKMARK", "{metadata: {resourceVersion: '9'}}");
        }
        watching.line("ERROR", "{kind: 'Status', code: 500}");
        clock.runDue();
        Exchange before = api.last();
        clock.advance(Duration.ofMillis(100));
        assertThat(now()).isNotSameAs(before);
    }

    @Test
    void less_than_two_minutes_of_health_forget_nothing_W11() {
        Exchange watching = watching();
        for (int i = 0; i < 4; i++) {
            watching.end(new IOException("reset"));
            clock.runDue();
            watching = atOnceAfter(Duration.ofSeconds(1));
            watching.head(200, null);
            clock.runDue();
        }
        clock.advance(Duration.ofSeconds(60));
        watching.end(new IOException("reset"));
        clock.runDue();
        clock.advance(Duration.ofMillis(799));
        assertThat(api.last()).isSameAs(watching);
        assertThat(atOnceAfter(Duration.ofMillis(1))).isNotSameAs(watching);
    }

    @Test
    void a_list_that_trickles_is_waited_for_as_long_as_bytes_come_W13() {
        Exchange list = now().head(200, null);
        String body = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}";
        for (byte each : body.getBytes(StandardCharsets.UTF_8)) {
            clock.advance(Duration.ofSeconds(29));
            list.piece(new byte[] {each});
        }
        list.end(null);
        assertThat(now().path).contains("resourceVersion=7&");
        assertThat(heard).containsExactly("list []");
    }

    @Test
    void an_event_that_trickles_is_waited_for_as_long_as_bytes_come_W13() {
        Exchange watching = watching();
        String line = "{\"type\":\"ADDED\",\"object\":" + Samples.json(Samples.json("s2", "8")) + "}\n";
        for (byte each : line.getBytes(StandardCharsets.UTF_8)) {
            clock.advance(Duration.ofSeconds(74));
            watching.piece(new byte[] {each});
        }
        clock.runDue();
        assertThat(watching.cancelled).isFalse();
        assertThat(heard).containsExactly("list [s1]", "put s2");
    }

    @ParameterizedTest
    @CsvSource({
        "403, FORBIDDEN, 15000",
        "404, NOT_SYNCED, 15000",
        "429, NOT_SYNCED, 3300",
        "503, NOT_SYNCED, 3300",
        "500, NOT_SYNCED, 3300",
        "409, NOT_SYNCED, 100"
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
        clock.advance(Duration.ofSeconds(66));
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
            resumed.list("7"); // W-6
            resumed = now();
            assertThat(resumed.path).contains("watch=1").contains("resourceVersion=7&");
            resumed.head(200, null);
            clock.runDue();
            watching = resumed;
        }
    }

    @Test
    void a_request_without_any_answer_for_35_s_is_a_trouble() {
        clock.advance(Duration.ofSeconds(35));
        assertThat(trouble()).satisfies(told -> {
            assertThat(told).isNotNull();
            assertThat(told.text()).contains("no answer within 35 s");
        });
        assertThat(api.exchanges.get(0).cancelled).isTrue();
    }

    @Test
    void silence_of_either_kind_makes_connections_that_are_kept_suspect_W13() {
        clock.advance(Duration.ofSeconds(35));
        assertThat(api.distrusted).as("no answer").isEqualTo(1);
        next().list("7");
        now().head(200, null);
        clock.runDue();
        clock.advance(Duration.ofSeconds(74));
        assertThat(api.distrusted).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(api.distrusted).as("an answer that does not go on").isEqualTo(2);
    }

    @Test
    void what_holds_a_request_up_is_told_instead_of_the_silence_that_follows_R7() {
        api.heldUpBy = Optional.of("credential plugin 'aws' of the kubeconfig has been running for 35 s");
        clock.advance(Duration.ofSeconds(35));
        assertThat(trouble()).extracting(Trouble::text).asString().contains("credential plugin 'aws'");
        assertThat(trouble()).extracting(Trouble::situation).isEqualTo("no credentials");
    }

    @Test
    void the_limit_to_silence_can_be_set_W13() {
        ListWatch.Place place = new ListWatch.Place(api, lane, clock, clock, LOWEST)
                .with(new WatchConfig(Duration.ofSeconds(10), WatchConfig.Lists.WHOLE));
        ListWatch<?> second = new ListWatch<>(WatchedResource.slices(Samples.SHOP), place, new SilentSink<>());
        second.start();
        now().list("7");
        Exchange watching = now().head(200, null);
        clock.runDue();
        clock.advance(Duration.ofMillis(9999));
        assertThat(watching.cancelled).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(watching.cancelled).isTrue();
        assertThatThrownBy(() -> new WatchConfig(Duration.ofMillis(999), WatchConfig.Lists.WHOLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("silence limit: PT0.999S (expected: at least 1 s");
    }
}
