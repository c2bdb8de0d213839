package io.inmesh.resolver.kubernetes.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.inmesh.api.Reason;
import io.inmesh.resolver.kubernetes.KubernetesWatching;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What must hold against any API server. Everything is made of Services without a selector and EndpointSlices written by hand, so no pod
 * has to run; what a test creates it removes. Subclasses say which cluster.
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
abstract class ClusterBehaviour extends ClusterScene {
    private static final int SERVICES = KubernetesWatching.DEFAULT.singleWatches() + 1;

    ClusterBehaviour(Path kubeconfig, String namespace) throws IOException {
        super(kubeconfig, namespace);
    }

    @Test
    void slices_written_by_hand_are_served_and_followed_to_the_last_S4_C1_A2() {
        create(service("orders", port("http", 80)));
        EndpointSlice first = create(slice("orders-1", "orders", on("http", 8080), plain(ONE), ready(TWO, false)));
        Told told = resolve(named("orders") + ":http");
        awaitUsable(told, ONE + ":8080");
        assertThat(told.set().endpoints()).hasSize(2);
        update(slice("orders-1", "orders", on("http", 8080), plain(ONE), ready(TWO, true)));
        awaitUsable(told, ONE + ":8080", TWO + ":8080");
        EndpointSlice second = create(slice("orders-2", "orders", on("http", 9090), plain("192.0.2.3")));
        awaitUsable(told, ONE + ":8080", TWO + ":8080", "192.0.2.3:9090");
        delete(first);
        awaitUsable(told, "192.0.2.3:9090");
        delete(second);
        awaitUsable(told);
        assertThat(told.reason()).as("an empty set is a set").isNull();
    }

    @Test
    void a_slice_that_changes_its_label_changes_its_service_A11() {
        create(service("orders", port("http", 80)));
        create(service("carts", port("http", 80)));
        create(slice("x", "orders", on("http", 8080), plain(ONE)));
        Told orders = resolve(named("orders") + ":http");
        Told carts = resolve(named("carts") + ":http");
        awaitUsable(orders, ONE + ":8080");
        awaitUsable(carts);
        update(slice("x", "carts", on("http", 8080), plain(ONE)));
        awaitUsable(carts, ONE + ":8080");
        awaitUsable(orders);
    }

    @Test
    void ports_are_found_by_name_and_number_and_refused_by_name_P2_P10() {
        create(service("orders", port("http", 80), port("grpc", 90)));
        create(slice("orders-1", "orders", on("http", 8080), plain(ONE)));
        create(slice("orders-2", "orders", on("grpc", 9090), plain(ONE)));
        awaitUsable(resolve(named("orders") + "." + namespace + ":80"), ONE + ":8080");
        awaitUsable(resolve(named("orders") + ":grpc"), ONE + ":9090");
        Told none = resolve(named("orders"));
        await("no port given", () -> none.reason() == Reason.AMBIGUOUS_PORT);
        Told wrong = resolve(named("orders") + ":8080");
        await("no such port", () -> wrong.reason() == Reason.NO_SUCH_PORT);
    }

    @Test
    void a_service_that_is_deleted_and_made_again_is_another_one_S9() {
        Service before = create(service("orders", port("http", 80)));
        create(slice("orders-1", "orders", on("http", 8080), plain(ONE)));
        Told told = resolve(named("orders") + ":http");
        awaitUsable(told, ONE + ":8080");
        assertThat(told.set().facts().uid()).isEqualTo(before.getMetadata().getUid());
        delete(before);
        await("not found", () -> told.reason() == Reason.NOT_FOUND);
        Service after = create(service("orders", port("http", 80)));
        awaitUsable(told, ONE + ":8080");
        assertThat(told.set().facts().uid())
                .isEqualTo(after.getMetadata().getUid())
                .isNotEqualTo(before.getMetadata().getUid());
    }

    @Test
    void a_service_that_never_was_is_not_found_and_used_as_soon_as_it_is_there_S11() {
        Told told = resolve(named("later") + ":http");
        await("not found", () -> told.reason() == Reason.NOT_FOUND);
        create(slice("later-1", "later", on("http", 8080), plain(ONE)));
        create(service("later", port("http", 80)));
        awaitUsable(told, ONE + ":8080");
    }

    @Test
    void a_service_whose_selector_matches_nothing_has_no_endpoints_A9() {
        Service orders = service("orders", port("http", 80));
        orders.getSpec().setSelector(Map.of("app", named("nothing")));
        create(orders);
        Told told = resolve(named("orders") + ":http");
        await("an empty set", () -> !told.sets().isEmpty());
        assertThat(told.set().nothingUsable()).isNotNull().extracting("reason").isEqualTo(Reason.NO_ENDPOINTS);
    }

    @Test
    void a_headless_service_is_served_whole_and_host_by_host_H2_H5() {
        Service db = service("db", port("sql", 5432));
        db.getSpec().setClusterIP("None");
        create(db);
        Endpoint first = plain(ONE);
        first.setHostname("db-0");
        Endpoint second = plain(TWO);
        second.setHostname("db-1");
        create(slice("db-1", "db", on("sql", 5432), first, second));
        awaitUsable(resolve(named("db") + ":sql"), ONE + ":5432", TWO + ":5432");
        awaitUsable(resolve("db-1." + named("db") + "." + namespace + ".svc:sql"), TWO + ":5432");
    }

    @Test
    void more_services_than_have_watches_of_their_own_are_all_followed_through_the_switch_W14() {
        List<Told> told = new ArrayList<>();
        for (int i = 1; i <= SERVICES; i++) {
            create(service("svc-" + i, port("http", 80)));
            create(slice("svc-" + i, "svc-" + i, on("http", 8080), plain("192.0.2." + i)));
            told.add(resolve(named("svc-" + i) + ":http"));
            if (i == SERVICES - 1) { // All that may have their own do; the next one makes it one for all.
                for (int known = 1; known <= i; known++) {
                    awaitUsable(told.get(known - 1), "192.0.2." + known + ":8080");
                }
            }
        }
        update(slice("svc-1", "svc-1", on("http", 8080), plain("192.0.2.101")));
        awaitUsable(told.get(0), "192.0.2.101:8080");
        for (int i = 2; i <= SERVICES; i++) {
            awaitUsable(told.get(i - 1), "192.0.2." + i + ":8080");
            assertThat(told.get(i - 1).sets()).as("told of service %s", i).hasSize(1);
        }
        update(slice("svc-" + SERVICES, "svc-" + SERVICES, on("http", 8080), plain("192.0.2.109")));
        awaitUsable(told.get(SERVICES - 1), "192.0.2.109:8080");
        assertThat(told).allMatch(each -> each.unresolved().isEmpty());
    }

    @Test
    void annotations_of_the_owner_are_followed_without_a_restart() {
        Service orders = service("orders", port("http", 80));
        create(orders);
        create(slice("orders-1", "orders", on("http", 8080), plain(ONE)));
        Told told = resolve(named("orders") + ":http");
        awaitUsable(told, ONE + ":8080");
        client.services()
                .inNamespace(namespace)
                .withName(named("orders"))
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"inmesh.io/policy\":\"round-robin\"}}}");
        await("the annotation", () -> "round-robin"
                .equals(told.set().facts().annotations().get("policy")));
    }
}
