package io.inmesh.resolver.kubernetes;

import static io.inmesh.resolver.kubernetes.Heard.usable;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What resolvers tell of a service over real HTTP, and what they share. */
class AgainstScriptedApiTest extends ScriptedApiScene {

    @Test
    void first_sync_tells_one_set_with_all_that_the_slices_say() {
        orders.annotate("inmesh.io/policy", "round-robin");
        EndpointSet set = resolve("orders:80").awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(set.facts().key()).hasToString("orders.shop:http");
        assertThat(set.facts().annotations()).containsEntry("policy", "round-robin");
        assertThat(set.facts().uid()).isNotEmpty();
        assertThat(set.endpoints().get(0).pod()).isEqualTo("orders-1");
        assertThat(set.endpoints().get(0).locality().node()).isEqualTo("node-1");
        assertThat(set.endpoints().get(0).locality().zone()).isEqualTo("zone-a");
        assertThat(set.endpoints().get(0).id()).endsWith(":8080").doesNotContain("10.0.0.1");
        assertThat(set.revision()).isEqualTo(1);
    }

    @Test
    void a_pod_that_comes_drains_and_goes_is_heard_of_at_each_step() {
        Heard heard = resolve("orders.shop:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        orders.drain("orders-1");
        EndpointSet draining = heard.awaitUsable("10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(draining.endpoints().get(0).usability().toString())
                .contains("draining")
                .contains("C-6");
        orders.remove("orders-1");
        assertThat(heard.awaitSet(set -> set.endpoints().size() == 2).endpoints())
                .hasSize(2);
    }

    @Test
    void a_service_without_endpoints_is_an_empty_set_not_a_failure() {
        orders.remove("orders-1", "orders-2");
        EndpointSet set = resolve("orders:http").awaitSet(any -> true);
        assertThat(set.endpoints()).isEmpty();
        assertThat(set.nothingUsable()).extracting(Unresolved::reason).isEqualTo(Reason.NO_ENDPOINTS);
    }

    @Test
    void a_deleted_service_is_not_found_at_once_though_its_slices_exist_and_comes_back_by_itself() { // S-9
        Heard heard = resolve("orders:http");
        String uid = heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080").facts().uid();
        orders.deleteService();
        assertThat(heard.awaitReason(Reason.NOT_FOUND).text())
                .contains("orders in namespace shop")
                .contains("no Service of that name");
        assertThat(api.requests(request -> request.is("watch", ResourceType.ENDPOINT_SLICES)))
                .isNotEmpty();
        orders.annotate("inmesh.io/policy", null); // Writes the service anew.
        heard.awaitSet(set -> !set.facts().uid().equals(uid));
        assertThat(usable(heard.last())).containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @Test
    void a_type_that_changes_is_followed_without_a_restart_S8() {
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        ScriptedService.of(api, "stock", "items", ScriptedPort.tcp("http", 80, 8080))
                .add(ScriptedPod.of("items-1", "10.0.1.1"));
        orders.update(service -> service.withObject("/spec")
                .put("type", "ExternalName")
                .put("externalName", "items.stock.svc.cluster.local."));
        heard.awaitUsable("10.0.1.1:8080");
        assertThat(heard.last().facts().alias()).isEqualTo("items.stock.svc.cluster.local");
        orders.update(service -> service.withObject("/spec").put("externalName", "orders.shop.svc"));
        assertThat(heard.awaitReason(Reason.BAD_ALIAS).text()).contains("circle", "aliases followed: orders.shop");
        heard.forget();
        orders.update(
                service -> service.withObject("/spec").put("type", "ClusterIP").remove("externalName"));
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @Test
    void a_403_names_verb_resource_group_and_namespace_and_prints_the_role() {
        api.faults().always(request -> request.isFor(ResourceType.ENDPOINT_SLICES), Fault.status(403));
        api.faults().always(request -> request.isFor(ResourceType.ENDPOINTS), Fault.status(403));
        String text = resolve("orders.shop:http").awaitReason(Reason.FORBIDDEN).text();
        assertThat(text)
                .startsWith("orders in namespace shop, port http: ")
                .contains("to watch endpointslices (API group 'discovery.k8s.io') in namespace shop")
                .contains("kind: Role")
                .contains("namespace: shop")
                .contains("{apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}");
    }

    @Test
    void many_resolvers_of_one_service_share_one_pair_of_watches_until_the_last_is_closed() {
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(resolve(i % 2 == 0 ? "orders:http" : "orders.shop:80"));
        }
        all.forEach(heard -> heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080"));
        Awaitility.await().until(() -> api.watches().count() == 2);
        assertThat(api.requests(ScriptedApiScene::asksForAll)).hasSize(2);
        resolvers.subList(1, 20).forEach(Resolver::close);
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        all.get(0).awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(api.watches().count()).isEqualTo(2);
        assertThat(all.get(5).last().endpoints()).as("closed before").hasSize(2);
    }

    @Test
    void two_ports_of_one_service_share_its_watches_and_have_sets_of_their_own() {
        orders = ScriptedService.of(
                api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080), ScriptedPort.tcp("grpc", 90, 9090));
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        resolve("orders:http").awaitUsable("10.0.0.1:8080");
        resolve("orders:grpc").awaitUsable("10.0.0.1:9090");
        assertThat(resolve("orders").awaitReason(Reason.AMBIGUOUS_PORT).text()).contains("http (80), grpc (90)");
        assertThat(resolve("orders:8080").awaitReason(Reason.NO_SUCH_PORT).text())
                .contains("http (80), grpc (90)");
        assertThat(api.requests(ScriptedApiScene::asksForAll)).hasSize(2);
    }

    @Test
    void a_quiet_set_s_change_is_told_within_milliseconds() {
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        List<Duration> took = new ArrayList<>();
        for (int i = 3; i < 33; i++) {
            int pods = i;
            Awaitility.await("quiet for longer than publications are apart")
                    .during(Duration.ofMillis(60))
                    .until(() -> heard.last().endpoints().size() == pods - 1);
            ScriptedPod pod = ScriptedPod.of("orders-" + i, "10.0.0." + i);
            long before = System.nanoTime();
            orders.add(pod);
            heard.awaitSet(set -> set.endpoints().size() == pods);
            took.add(Duration.ofNanos(System.nanoTime() - before));
        }
        took.sort(null);
        System.out.println(
                "slice event to listener, write and poll included: median " + took.get(15) + ", worst " + took.get(29));
        assertThat(took.get(15)).isLessThan(Duration.ofMillis(50));
    }
}
