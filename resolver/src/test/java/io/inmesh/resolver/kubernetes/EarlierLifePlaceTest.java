package io.inmesh.resolver.kubernetes;

import static io.inmesh.resolver.kubernetes.Heard.usable;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Reason;
import io.inmesh.resolver.testing.ScriptedPod;
import org.junit.jupiter.api.Test;

/** Which place a set kept by an earlier life is found at. */
class EarlierLifePlaceTest extends EarlierLifeScene {

    @Test
    void a_set_in_which_the_place_had_no_say_is_found_on_another_node() {
        firstLife();
        api.stop();
        try (Life second = new Life(config().withPlace("node-2", "zone-b"), TARGET)) {
            second.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(usable(second.heard.last())).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
            assertThat(second.heard.last().stale()).isTrue();
        }
    }

    @Test
    void one_that_is_local_is_found_on_the_same_node_only_and_one_file_is_kept() {
        KubernetesConfig there = config().withPlace("node-1", null);
        try (Life first = new Life(there, TARGET)) {
            first.heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            orders.update(service -> service.withObject("/spec").put("internalTrafficPolicy", "Local"));
            first.heard.awaitUsable("10.0.0.1:8080");
        }
        assertThat(files()).hasSize(1);
        api.stop();
        try (Life elsewhere = new Life(config().withPlace("node-2", null), TARGET)) {
            elsewhere.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(elsewhere.heard.sets()).isEmpty();
        }
        try (Life again = new Life(there, TARGET)) {
            again.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(usable(again.heard.last())).containsExactly("10.0.0.1:8080");
        }
    }

    @Test
    void hints_make_a_set_one_of_its_place() {
        orders.update(service -> service.withObject("/spec").put("trafficDistribution", "PreferSameZone"));
        orders.add(ScriptedPod.of("orders-2", "10.0.0.2").on("node-2", "zone-b"));
        KubernetesConfig there = config().withPlace(null, "zone-a");
        try (Life first = new Life(there, TARGET)) {
            first.heard.awaitUsable("10.0.0.1:8080");
        }
        api.stop();
        try (Life elsewhere = new Life(config().withPlace(null, "zone-b"), TARGET)) {
            elsewhere.heard.awaitReason(Reason.NOT_SYNCED);
            assertThat(elsewhere.heard.sets()).isEmpty();
        }
    }
}
