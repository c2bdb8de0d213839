package io.inmesh.resolver.kubernetes.proof;

import static io.inmesh.resolver.kubernetes.proof.Rig.ONE;
import static io.inmesh.resolver.kubernetes.proof.Rig.THREE;
import static io.inmesh.resolver.kubernetes.proof.Rig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.StreamingLists;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Streaming lists that are not what they should be (rule W-9). */
class StreamingListFaultsTest {

    private static boolean isStreamingList(ApiRequest request) {
        return request.isWatch() && request.parameter("sendInitialEvents") != null;
    }

    private static void assertTriedAndListed(Rig rig) {
        assertThat(rig.api.requests(StreamingListFaultsTest::isStreamingList)).isNotEmpty();
        assertThat(rig.lists()).hasSize(2);
    }

    @Test
    void where_the_server_has_them_nothing_is_listed_and_the_same_stream_goes_on_W9() {
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            assertThat(rig.api.requests(StreamingListFaultsTest::isStreamingList))
                    .hasSize(2);
            rig.forgetWaits();
            rig.replaceOneByThree();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.QUICK_TRY);
            assertThat(rig.lists()).isEmpty();
            assertThat(rig.api.requests(ApiRequest::isWatch)).hasSize(2);
        }
    }

    @Test
    void where_they_are_refused_it_lists_and_does_not_ask_again_W9() {
        try (Rig rig = new Rig()) {
            rig.api.streamingLists(StreamingLists.REFUSED);
            rig.startAndSync();
            assertTriedAndListed(rig);
            int tried =
                    rig.api.requests(StreamingListFaultsTest::isStreamingList).size();
            rig.forgetWaits();
            rig.api.watches().fail(ApiRequest::any, Fault.status(410));
            rig.replaceOneByThree();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.QUICK_TRY);
            assertThat(rig.api.requests(StreamingListFaultsTest::isStreamingList))
                    .hasSize(tried);
        }
    }

    @Test
    void one_without_an_end_is_given_up_after_5_s_for_a_list_and_nothing_is_told_of_the_half_W9() {
        try (Rig rig = new Rig()) {
            rig.api.streamingLists(StreamingLists.IGNORED);
            rig.expect(List.of(List.of(ONE, TWO)));
            rig.start();
            rig.until("two streams", () -> rig.api.watches().count(StreamingListFaultsTest::isStreamingList) == 2);
            rig.pass(Duration.ofMillis(4500));
            assertThat(rig.told.messages()).as("before the end mark").isEmpty();
            assertThat(rig.lists()).isEmpty();
            Duration took = rig.untilUsable(ONE, TWO);
            assertThat(took).isLessThan(Rig.SOON);
            assertTriedAndListed(rig);
            assertThat(rig.told.sets()).hasSize(1);
        }
    }

    @Test
    void one_that_breaks_before_its_end_says_nothing_A14_W9() {
        try (Rig rig = new Rig()) {
            rig.api.faults().loseBookmarks();
            rig.expect(List.of(List.of(TWO)));
            rig.start();
            rig.until("two streams", () -> rig.api.watches().count(StreamingListFaultsTest::isStreamingList) == 2);
            rig.pass(Duration.ofSeconds(1));
            assertThat(rig.told.messages()).isEmpty();
            rig.orders.remove("orders-1");
            rig.api.watches().cut(ApiRequest::any);
            rig.forgetWaits();
            rig.api.faults().clear();
            assertThat(rig.untilUsable(TWO)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.QUICK_TRY);
            assertThat(rig.told.sets())
                    .as("what was gone before the end mark was never told")
                    .hasSize(1);
        }
    }

    @Test
    void a_recorded_one_is_read_as_the_server_sent_it_W9() throws IOException {
        try (Rig rig = new Rig()) {
            JsonNode recorded = new ObjectMapper()
                    .readTree(Recordings.files("errors").get("answers.json"))
                    .path("streaming list");
            List<String> lines = Recording.elements(recorded.path("lines")).stream()
                    .map(line -> line.asText()
                            .replace(
                                    "\"kubernetes.io/service-name\":\"a\"", "\"kubernetes.io/service-name\":\"orders\"")
                            .replace("rec-errors", "shop"))
                    .toList();
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Transfer-Encoding", "chunked");
            rig.api
                    .faults()
                    .next(
                            1,
                            request ->
                                    isStreamingList(request) && request.path().contains("endpointslices"),
                            Fault.recorded(200, headers, lines));
            List<String> endpoints = List.of("10.244.1.10:8080", "10.244.2.10:8080");
            rig.start();
            Duration took = rig.until("the recorded endpoints", () -> rig.told.sets().stream()
                    .anyMatch(set -> Told.usable(set).equals(endpoints)));
            assertThat(took).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.QUICK_TRY);
            assertThat(Told.usable(rig.told.sets().get(0)))
                    .as("nothing less was told before")
                    .isEqualTo(endpoints);
        }
    }
}
