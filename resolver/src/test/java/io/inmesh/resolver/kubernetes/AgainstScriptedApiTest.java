package io.inmesh.resolver.kubernetes;

import static io.inmesh.resolver.kubernetes.Heard.usable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.ApiRequest;
import io.inmesh.resolver.testing.Fault;
import io.inmesh.resolver.testing.GoneForm;
import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Resolvers over real HTTP, from the provider to the listener. */
class AgainstScriptedApiTest {
    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("resolver-test");
    private final Context context = new Context(NanoClock.system(), scheduler);
    private final KubernetesResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
            .withMasterUrl(api.url())
            .withNamespace("shop")
            .withNetwork(KubernetesConfig.Network.INSIDE));
    private final List<Resolver> resolvers = new ArrayList<>();
    private ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));

    @BeforeEach
    void twoPods() {
        orders.add(
                ScriptedPod.of("orders-1", "10.0.0.1").on("node-1", "zone-a"), ScriptedPod.of("orders-2", "10.0.0.2"));
    }

    @AfterEach
    void close() {
        resolvers.forEach(Resolver::close);
        provider.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> api.watches().count() == 0);
        scheduler.close();
        api.close();
    }

    private Heard resolve(String target) {
        Heard heard = new Heard();
        Resolver resolver = provider.newResolver(provider.parse(target), context);
        resolvers.add(resolver);
        resolver.start(heard);
        return heard;
    }

    /** A list, be it streamed (rule W-9) or not. */
    private static boolean asksForAll(ApiRequest request) {
        return request.verb().equals("list") || request.parameter("sendInitialEvents") != null;
    }

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
    void an_api_that_goes_away_empties_nothing_is_told_once_and_is_noticed_when_it_is_back() { // W-12
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        heard.forget();
        api.stop();
        assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                .contains(api.url().toString());
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        Awaitility.await("one message for the whole outage")
                .during(Duration.ofSeconds(3))
                .until(() -> heard.messages().size() == 1);
        long back = System.nanoTime();
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(2));
        assertThat(heard.sets()).allMatch(set -> usable(set).size() >= 2);
    }

    @Test
    void an_api_that_is_down_at_start_is_told_and_answers_later() {
        api.stop();
        Heard heard = resolve("orders:http");
        assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                .startsWith("orders in namespace shop, port http: the Kubernetes API at " + api.url());
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @Test
    void the_end_of_a_trouble_is_told_even_if_the_set_is_the_same() {
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        api.stop();
        heard.awaitReason(Reason.NOT_SYNCED);
        heard.forget();
        api.start();
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
    }

    @ParameterizedTest
    @EnumSource(GoneForm.class)
    void a_version_too_old_is_listed_again_without_emptying_anything(GoneForm form) { // W-5
        api.goneForm(form);
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        api.stop();
        orders.remove("orders-1");
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        api.compact();
        api.forgetRequests();
        api.start();
        heard.awaitUsable("10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(heard.sets())
                .as("sets on the way")
                .allMatch(set -> usable(set).size() == 2);
        assertThat(api.requests(request -> asksForAll(request) && request.isFor(ResourceType.ENDPOINT_SLICES)))
                .hasSize(1);
    }

    @Test
    void a_broken_watch_is_resumed_from_the_last_version_without_a_list() { // W-2
        Heard heard = resolve("orders:http");
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        Awaitility.await().until(() -> api.watches().count() == 2);
        api.forgetRequests();
        api.watches().cut(any -> true);
        orders.add(ScriptedPod.of("orders-3", "10.0.0.3"));
        heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080");
        assertThat(api.requests(AgainstScriptedApiTest::asksForAll)).isEmpty();
        assertThat(heard.unresolved()).isEmpty();
    }

    @Test
    void many_resolvers_of_one_service_share_one_pair_of_watches_until_the_last_is_closed() {
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(resolve(i % 2 == 0 ? "orders:http" : "orders.shop:80"));
        }
        all.forEach(heard -> heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080"));
        Awaitility.await().until(() -> api.watches().count() == 2);
        assertThat(api.requests(AgainstScriptedApiTest::asksForAll)).hasSize(2);
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
        assertThat(api.requests(AgainstScriptedApiTest::asksForAll)).hasSize(2);
    }

    @Test
    void outside_the_pod_network_slices_are_not_used() { // S-28
        try (KubernetesResolverProvider outside = new KubernetesResolverProvider(
                KubernetesConfig.DEFAULT.withMasterUrl(api.url()).withNetwork(KubernetesConfig.Network.OUTSIDE))) {
            Heard heard = new Heard();
            try (Resolver resolver = outside.newResolver(outside.parse("orders.shop:http"), context)) {
                resolver.start(heard);
                assertThat(heard.awaitReason(Reason.UNREACHABLE).text())
                        .contains("inmesh.kubernetes.network=inside")
                        .contains("INMESH_KUBERNETES_NETWORK=inside");
            }
        }
    }

    @Test
    void a_kubeconfig_leads_to_the_cluster_and_names_the_own_namespace(@TempDir Path dir) {
        Path file = dir.resolve("config");
        api.kubeconfig(file, "shop");
        try (KubernetesResolverProvider configured = new KubernetesResolverProvider(
                KubernetesConfig.DEFAULT.withKubeconfig(file).withNetwork(KubernetesConfig.Network.INSIDE))) {
            Heard heard = new Heard();
            try (Resolver resolver = configured.newResolver(configured.parse("orders:http"), context)) {
                resolver.start(heard);
                heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            }
        }
    }

    @Test
    void a_token_that_is_refused_is_told_and_a_new_one_in_the_kubeconfig_is_taken_up(@TempDir Path dir) { // W-10, R-2
        Path file = dir.resolve("config");
        api.access().requireToken("old");
        api.kubeconfig(file, "shop");
        api.access().requireToken("new");
        try (KubernetesResolverProvider configured = new KubernetesResolverProvider(
                KubernetesConfig.DEFAULT.withKubeconfig(file).withNetwork(KubernetesConfig.Network.INSIDE))) {
            Heard heard = new Heard();
            try (Resolver resolver = configured.newResolver(configured.parse("orders:http"), context)) {
                resolver.start(heard);
                assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                        .contains("does not accept this client's credentials (401")
                        .doesNotContain("old");
                api.kubeconfig(file, "shop");
                heard.awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
            }
        }
    }

    @Test
    void a_kubeconfig_without_a_context_is_told_as_such(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("config"), "apiVersion: v1\nkind: Config\n");
        try (KubernetesResolverProvider configured =
                new KubernetesResolverProvider(KubernetesConfig.DEFAULT.withKubeconfig(file))) {
            Heard heard = new Heard();
            try (Resolver resolver = configured.newResolver(configured.parse("orders:http"), context)) {
                resolver.start(heard);
                assertThat(heard.awaitReason(Reason.NOT_SYNCED).text()).contains("has no current context");
            }
        }
    }

    @Test
    void a_kubeconfig_that_is_none_is_refused_without_quoting_it(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("config"), "users: [{user: {token: hush}]\n");
        KubernetesConfig bad = KubernetesConfig.DEFAULT.withKubeconfig(file);
        try (KubernetesResolverProvider configured = new KubernetesResolverProvider(bad)) {
            assertThatThrownBy(() -> configured.newResolver(configured.parse("orders:http"), context))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file.toString())
                    .message()
                    .doesNotContain("hush");
            api.kubeconfig(file, "shop");
            assertThat(configured.newResolver(configured.parse("orders:http"), context))
                    .as("once it is mended")
                    .isNotNull();
        }
    }

    @Test
    void closing_the_provider_at_any_moment_leaves_no_connection_behind() {
        for (int i = 0; i < 30; i++) {
            KubernetesResolverProvider brief = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
                    .withMasterUrl(api.url())
                    .withNamespace("shop")
                    .withNetwork(KubernetesConfig.Network.INSIDE));
            Heard heard = new Heard();
            Resolver resolver = brief.newResolver(brief.parse("orders:http"), context);
            resolver.start(heard);
            if (i % 3 == 1) {
                heard.awaitSet(any -> true);
            } else if (i % 3 == 2) {
                Awaitility.await().until(() -> api.watches().count() >= 1);
            }
            brief.close();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> api.watches().count() == 0);
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
