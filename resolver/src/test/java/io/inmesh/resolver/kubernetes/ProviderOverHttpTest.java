package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.resolver.testing.ApiRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the provider finds its cluster, and what it says if it does not. */
class ProviderOverHttpTest extends ScriptedApiScene {

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
    void every_request_asks_for_json_in_plain_W1() {
        resolve("orders:http").awaitUsable("10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(api.requests(ApiRequest::any)).isNotEmpty().allSatisfy(request -> {
            assertThat(request.header("Accept")).isEqualTo("application/json");
            assertThat(request.header("Accept-Encoding"))
                    .as("what is compressed comes later than it was sent")
                    .isNull();
        });
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
}
