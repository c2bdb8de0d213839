package io.inmesh.resolver.kubernetes.proof;

import static io.inmesh.resolver.kubernetes.proof.Rig.ONE;
import static io.inmesh.resolver.kubernetes.proof.Rig.THREE;
import static io.inmesh.resolver.kubernetes.proof.Rig.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.Pace;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.StreamingLists;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults that need a course of their own; those of one pattern are in {@link FaultRecoveryTest}. */
class NetworkFaultsTest {
    private static final int STRIDE = 29; // A prime, so it keeps no step with lines of any length.

    @Test
    void a_connection_may_be_cut_behind_any_byte_of_an_event_and_nothing_is_missed_or_listed_again() { // W-1, W-2
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            rig.api.forgetRequests();
            int events = 0;
            int first =
                    1 + new Random().nextInt(STRIDE); // Every one in so many runs, all of them in the course of time.
            System.out.println("connections cut behind byte " + first + " and every " + STRIDE + "th from there");
            for (int bytes = first; bytes < 1500; bytes += STRIDE, events++) {
                rig.network.cutAfter(bytes);
                rig.forgetWaits();
                List<String> expected = events % 2 == 0 ? List.of(TWO, THREE) : List.of(ONE, TWO);
                rig.expect(List.of(events % 2 == 0 ? List.of(ONE, TWO) : List.of(TWO, THREE), List.of(TWO), expected));
                String pod = events % 2 == 0 ? "orders-3" : "orders-1";
                rig.orders.remove(events % 2 == 0 ? "orders-1" : "orders-3");
                rig.orders.add(ScriptedPod.of(pod, events % 2 == 0 ? "10.0.0.3" : "10.0.0.1"));
                Duration took = rig.until(
                        "cut behind byte " + bytes, () -> rig.told.usable().equals(expected));
                assertThat(took).as("cut behind byte %s", bytes).isLessThan(Rig.SOON);
                assertThat(rig.waits())
                        .as("waits after a cut behind byte %s", bytes)
                        .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Rig.STEADY_TRY));
                rig.assertOnCourse();
                rig.until("the watches are back", () -> rig.api.watches().count() == 2);
                if (events % 10 == 9) { // As many failures within two minutes would make it wait longer (W-11).
                    int before = rig.api.requests(ApiRequest::isWatch).size();
                    rig.clock.advance(Duration.ofSeconds(75));
                    rig.until(
                            "both are resumed after a silence",
                            () -> rig.api.requests(ApiRequest::isWatch).size() >= before + 2);
                    rig.until("the watches are back", () -> rig.api.watches().count() == 2);
                }
            }
            assertThat(events).isGreaterThan(50);
            assertThat(rig.lists()).isEmpty();
        }
    }

    @Test
    void events_split_at_every_byte_by_server_and_network_are_read_as_ever() { // W-1
        try (Rig rig = new Rig()) {
            rig.api.faults().splitLines(Integer.MAX_VALUE);
            rig.network.pace(Pace.byteByByte());
            rig.orders.annotate("inmesh.io/note", "Grüße, 世界");
            rig.startAndSync();
            rig.api.forgetRequests();
            rig.forgetWaits();
            rig.replaceOneByThree();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertNothingWasTriedAgain();
            assertThat(rig.told.set().facts().annotations()).containsEntry("note", "Grüße, 世界");
        }
    }

    @Test
    void an_api_that_is_down_for_the_whole_run_is_told_of_and_never_taken_for_an_empty_one() { // A-14, W-12
        try (Rig rig = new Rig()) {
            rig.api.stop();
            rig.start();
            rig.until("told", () -> rig.told.heardOf(Reason.NOT_SYNCED));
            rig.pass(Duration.ofMinutes(20));
            assertThat(rig.told.sets()).isEmpty();
            assertThat(rig.told.unresolved())
                    .as("once for one situation")
                    .singleElement()
                    .satisfies(told -> assertThat(told.text())
                            .startsWith("orders in namespace shop, port http: ")
                            .contains(rig.network.url().toString()));
        }
    }

    @Test
    void an_api_that_is_down_at_start_is_found_when_it_comes() {
        try (Rig rig = new Rig()) {
            rig.isolate();
            rig.start();
            rig.until("told", () -> rig.told.heardOf(Reason.NOT_SYNCED));
            rig.pass(Duration.ofSeconds(5));
            rig.forgetWaits();
            rig.expect(List.of(List.of(ONE, TWO)));
            rig.network.accept();
            assertThat(rig.untilUsable(ONE, TWO)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.STEADY_TRY);
        }
    }

    @Test
    void what_changes_between_the_list_and_a_watch_that_fails_to_begin_is_not_missed() { // W-1, W-2
        try (Rig rig = new Rig()) {
            rig.api.streamingLists(StreamingLists.REFUSED);
            rig.api
                    .faults()
                    .always(
                            request -> request.isWatch() && request.parameter("sendInitialEvents") == null,
                            Fault.disconnect());
            rig.start();
            rig.until("the set of the lists", () -> rig.told.usable().equals(List.of(ONE, TWO)));
            rig.until(
                    "watches tried",
                    () -> rig.api
                                    .requests(request -> request.is("watch", ResourceType.ENDPOINT_SLICES)
                                            && request.parameter("resourceVersion") != null)
                                    .size()
                            > 1);
            rig.replaceOneByThree();
            rig.api.forgetRequests();
            rig.forgetWaits();
            rig.api.faults().clear();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.STEADY_TRY);
            assertThat(rig.lists()).isEmpty();
        }
    }

    @Test
    void a_token_that_is_replaced_while_things_run_costs_nothing_but_a_message(@TempDir Path dir) { // R-2, W-10
        Path file = dir.resolve("config");
        try (Rig rig = new Rig(self -> {
            self.api.access().requireToken("old");
            self.api.kubeconfig(file, "shop");
            return KubernetesConfig.DEFAULT.withKubeconfig(file).withNetwork(KubernetesConfig.Network.INSIDE);
        })) {
            rig.startAndSync();
            rig.api.access().requireToken("new");
            rig.api.watches().cut(ApiRequest::any);
            rig.replaceOneByThree();
            rig.until("401 is told", () -> rig.told.heardOf(Reason.NOT_SYNCED));
            assertThat(rig.told.unresolved().get(0).text())
                    .contains("(401")
                    .doesNotContain("old")
                    .doesNotContain("new\"");
            assertThat(rig.told.usable()).containsExactly(ONE, TWO);
            rig.api.kubeconfig(file, "shop");
            rig.forgetWaits();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.STEADY_TRY);
        }
    }

    @Test
    void bookmarks_that_never_come_cost_a_resumption_every_75_s_and_nothing_else() { // W-3, W-13
        try (Rig rig = new Rig()) {
            rig.api.faults().loseBookmarks();
            rig.startAndSync();
            rig.api.forgetRequests();
            for (int i = 0; i < 4; i++) {
                rig.pass(Duration.ofSeconds(75));
                rig.until("the watches are back", () -> rig.api.watches().count() == 2);
            }
            assertThat(rig.told.messages()).isEmpty();
            assertThat(rig.lists()).isEmpty();
            assertThat(rig.api.requests(ApiRequest::isWatch)).hasSizeBetween(6, 16);
            rig.forgetWaits();
            rig.replaceOneByThree();
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.QUICK_TRY);
        }
    }

    @Test
    void events_told_twice_or_late_change_nothing() { // W-16, A-3
        try (Rig rig = new Rig()) {
            rig.orders.endpointsPerSlice(1);
            rig.orders.add(ScriptedPod.of("orders-4", "10.0.0.4"), ScriptedPod.of("orders-5", "10.0.0.5"));
            rig.start();
            String[] all = {ONE, TWO, "10.0.0.4:8080", "10.0.0.5:8080"};
            rig.until("the first set", () -> rig.told.usable().equals(List.of(all)));
            rig.until("the watches", () -> rig.api.watches().count() == 2);
            String early = slice(rig, "10.0.0.5");
            rig.orders.unready("orders-5");
            rig.untilUsable(ONE, TWO, "10.0.0.4:8080");
            rig.orders.ready("orders-5");
            rig.untilUsable(all);
            rig.told.forget();
            rig.api.forgetRequests();
            rig.forgetWaits();
            rig.expect(List.of(List.of(all), List.of(ONE, TWO, "10.0.0.5:8080"), List.of(ONE, TWO)));
            String now = slice(rig, "10.0.0.5");
            for (String type : List.of("ADDED", "MODIFIED", "MODIFIED")) {
                line(rig, type, now);
            }
            line(rig, "DELETED", early); // Older than what is held.
            line(rig, "MODIFIED", early.replace("10.0.0.5", "10.0.0.6"));
            rig.orders.unready("orders-4"); // Behind them all: once this is told, they were read.
            assertThat(rig.untilUsable(ONE, TWO, "10.0.0.5:8080")).isLessThan(Rig.SOON);
            assertThat(rig.told.sets()).hasSize(1);
            assertThat(rig.told.unresolved()).isEmpty();
            rig.orders.remove("orders-5");
            assertThat(rig.untilUsable(ONE, TWO)).isLessThan(Rig.SOON);
            rig.assertNothingWasTriedAgain();
        }
    }

    private static String slice(Rig rig, String address) {
        return rig.api.objects(ResourceType.ENDPOINT_SLICES).stream()
                .map(Object::toString)
                .filter(json -> json.contains("\"" + address + "\""))
                .findFirst()
                .orElseThrow();
    }

    private static int watchRequests(Rig rig) {
        return rig.api.requests(request -> request.verb().equals("watch")).size();
    }

    private static void line(Rig rig, String type, String object) {
        rig.api
                .watches()
                .line(
                        request -> request.isFor(ResourceType.ENDPOINT_SLICES),
                        "{\"type\":\"" + type + "\",\"object\":" + object + "}");
    }

    @Test
    void slices_that_come_in_another_order_than_they_were_written_add_up_to_the_same() {
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            String version = rig.api.resourceVersion();
            rig.api.watches().silence(request -> request.isFor(ResourceType.ENDPOINT_SLICES));
            String slice = slice(rig, "10.0.0.1");
            int watched = watchRequests(rig);
            rig.network.cut();
            rig.until(
                    "the watches are back",
                    () -> watchRequests(rig) >= watched + 2 && rig.api.watches().count() == 2);
            long next = Long.parseLong(version) + 1;
            String second = slice.replaceFirst("\"name\":\"orders-[^\"]*\"", "\"name\":\"orders-second\"")
                    .replace("10.0.0.1", "10.0.0.3")
                    .replace("10.0.0.2", "10.0.0.3")
                    .replaceFirst("\"resourceVersion\":\"[^\"]*\"", "\"resourceVersion\":\"" + (next + 5) + "\"");
            String first = slice.replace("\"10.0.0.1\"", "\"10.0.0.2\"")
                    .replaceFirst("\"resourceVersion\":\"[^\"]*\"", "\"resourceVersion\":\"" + (next + 2) + "\"");
            rig.api.forgetRequests();
            rig.forgetWaits();
            rig.expectReplacement();
            line(rig, "ADDED", second);
            line(rig, "MODIFIED", first);
            assertThat(rig.untilUsable(TWO, THREE)).isLessThan(Rig.SOON);
            rig.assertNothingWasTriedAgain();
        }
    }

    @Test
    void a_service_that_was_replaced_while_nobody_watched_is_another_one_with_its_own_endpoints_only() { // S-9, W-5
        try (Rig rig = new Rig()) {
            rig.startAndSync();
            String before = uid(rig);
            rig.isolate();
            rig.orders.delete();
            rig.orders.add(ScriptedPod.of("other-3", "10.0.0.3"));
            rig.api.compact();
            rig.pass(Duration.ofSeconds(3));
            assertThat(rig.told.usable()).as("nobody knows yet").containsExactly(ONE, TWO);
            rig.forgetWaits();
            rig.expect(List.of(List.of(ONE, TWO), List.of(THREE)));
            rig.network.accept();
            assertThat(rig.untilUsable(THREE)).isLessThan(Rig.SOON);
            rig.assertWaitedAtMost(Rig.STEADY_TRY);
            rig.until("the other Service is known", () -> !uid(rig).equals(before));
        }
    }

    private static String uid(Rig rig) {
        return rig.told.set().facts().uid();
    }
}
