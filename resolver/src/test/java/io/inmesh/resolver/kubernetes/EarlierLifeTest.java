package io.inmesh.resolver.kubernetes;

import static io.inmesh.resolver.kubernetes.Heard.usable;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedPod;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Never start empty-handed: two lives of a process over real HTTP and real files, the API server down at the second start. */
class EarlierLifeTest extends EarlierLifeScene {
    @Test
    void a_second_life_starts_with_what_the_first_knew_and_becomes_fresh_when_the_server_is_back() {
        EndpointSet known;
        try (Life first = new Life(config(), TARGET)) {
            known = first.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            assertThat(known.stale()).isFalse();
        }
        api.stop();
        try (Life second = new Life(config(), TARGET)) {
            second.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(second.heard.messages())
                    .as("first the set, then what hinders")
                    .hasSize(2);
            EndpointSet stale = (EndpointSet) second.heard.messages().get(0);
            assertThat(stale.stale()).isTrue();
            assertThat(stale.revision()).isEqualTo(1);
            assertThat(stale.facts()).isEqualTo(known.facts());
            assertThat(stale.endpoints()).isEqualTo(known.endpoints());
            api.start();
            EndpointSet fresh = second.heard.awaitSet(set -> !set.stale());
            assertThat(fresh.endpoints()).as("told though nothing else differs").isEqualTo(known.endpoints());
            assertThat(fresh.revision()).isEqualTo(2);
        }
    }

    @Test
    void what_changed_meanwhile_replaces_the_stale_set_at_first_sync_and_is_kept_from_then_on() {
        firstLife();
        api.stop();
        try (Life second = new Life(config(), TARGET)) {
            assertThat(second.heard
                            .awaitUsable("10.0.0.1:8080", "10.0.0.2:8080")
                            .stale())
                    .isTrue();
            orders.remove("orders-1");
            orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
            api.start();
            assertThat(second.heard
                            .awaitUsable("10.0.0.2:8080", "10.0.0.3:8080")
                            .stale())
                    .isFalse();
        }
        api.stop();
        try (Life third = new Life(config(), TARGET)) {
            assertThat(third.heard.awaitUsable("10.0.0.2:8080", "10.0.0.3:8080").stale())
                    .isTrue();
        }
    }

    @Test
    void a_server_that_answers_nothing_is_waited_for_2_s() {
        firstLife();
        api.faults().always(request -> true, Fault.hang());
        long began = System.nanoTime();
        try (Life second = new Life(config(), TARGET)) {
            assertThat(second.heard
                            .awaitUsable("10.0.0.1:8080", "10.0.0.2:8080")
                            .stale())
                    .isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(EarlierLife.PATIENCE, EarlierLife.PATIENCE.plusSeconds(2));
            assertThat(second.heard.unresolved()).isEmpty();
        }
    }

    @Test
    void a_server_that_answers_is_heard_alone() {
        firstLife();
        try (Life second = new Life(config(), TARGET)) {
            second.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            Awaitility.await()
                    .during(EarlierLife.PATIENCE.plusMillis(500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> second.heard.messages().size() == 1);
            assertThat(second.heard.last().stale()).isFalse();
        }
    }

    @Test
    void a_service_that_is_gone_leaves_no_file_and_replaces_the_stale_set() {
        firstLife();
        assertThat(files()).hasSize(1);
        api.stop();
        try (Life second = new Life(config(), TARGET)) {
            second.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            orders.delete();
            api.start();
            second.heard.awaitReason(Reason.NOT_FOUND);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void a_right_that_was_taken_away_is_no_reason_to_start_empty_handed_nor_to_lose_the_file() {
        firstLife();
        api.faults().always(request -> request.isFor(ResourceType.SERVICES), Fault.status(403));
        api.faults().always(request -> request.isFor(ResourceType.ENDPOINT_SLICES), Fault.status(403));
        api.faults().always(request -> request.isFor(ResourceType.ENDPOINTS), Fault.status(403));
        try (Life second = new Life(config(), TARGET)) {
            second.heard.awaitReason(Reason.FORBIDDEN);
            assertThat(usable(second.heard.last())).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
            assertThat(second.heard.last().stale()).isTrue();
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void what_was_known_under_other_terms_is_not_used() {
        firstLife();
        api.stop();
        List<Life> others = List.of(
                new Life(config().withFamily(KubernetesConfig.Family.IPV4), TARGET), new Life(config(), "orders:80"));
        for (Life other : others) {
            other.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(other.heard.messages()).hasSize(1);
            other.close();
        }
    }

    @Test
    void a_set_with_nothing_usable_is_kept_but_not_started_with() {
        orders.unready("orders-1");
        orders.unready("orders-2");
        try (Life first = new Life(config(), TARGET)) {
            first.heard.awaitSet(set -> set.endpoints().size() == 2);
        }
        api.stop();
        try (Life second = new Life(config(), TARGET)) {
            second.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(second.heard.sets()).as("waiting, no refusal").isEmpty();
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void a_damaged_file_is_as_good_as_none_and_resolving_goes_on() throws IOException {
        firstLife();
        Files.writeString(files().get(0), "{\"formatVersion\": 1, ");
        api.stop();
        try (Life second = new Life(config(), TARGET)) {
            assertThat(second.heard.awaitReason(Reason.NOT_SYNCED))
                    .extracting(Unresolved::text)
                    .asString()
                    .contains(api.url().toString());
            assertThat(second.heard.sets()).isEmpty();
            api.start();
            second.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        }
        api.stop();
        try (Life third = new Life(config(), TARGET)) {
            third.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        }
    }

    @Test
    void pods_by_selector_are_kept_too() {
        String pods = "k8s:///?pods=app%3Dorders&port=8080";
        try (Life first = new Life(config(), pods)) {
            first.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        }
        api.stop();
        try (Life second = new Life(config(), pods)) {
            assertThat(second.heard
                            .awaitUsable("10.0.0.1:8080", "10.0.0.2:8080")
                            .stale())
                    .isTrue();
        }
    }

    @Test
    void a_directory_that_cannot_be_written_to_hinders_nothing() throws IOException {
        directory = Files.writeString(temporary.resolve("file"), "in the way").resolve("snapshots");
        firstLife();
    }

    @Test
    void nothing_is_written_unless_configured() {
        KubernetesConfig without = config().withWatching(KubernetesWatching.DEFAULT);
        try (Life first = new Life(without, TARGET)) {
            first.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        }
        assertThat(directory).doesNotExist();
        api.stop();
        try (Life second = new Life(without, TARGET)) {
            second.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(second.heard.sets()).isEmpty();
        }
    }
}
