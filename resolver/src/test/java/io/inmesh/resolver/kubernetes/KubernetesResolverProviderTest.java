package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.PodsTarget;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.testing.FakeClock;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the provider says before any API is asked. */
class KubernetesResolverProviderTest {
    private final FakeClock clock = new FakeClock();
    private final Context context = new Context(clock, clock);
    private final KubernetesConfig nowhere = KubernetesConfig.DEFAULT.withMasterUrl(URI.create("http://127.0.0.1:1"));

    @Test
    void targets_are_read_under_the_configured_cluster_domain_N6() {
        try (KubernetesResolverProvider provider =
                new KubernetesResolverProvider(nowhere.withClusterDomain("example.org"))) {
            assertThat(provider.scheme()).isEqualTo("k8s");
            assertThat(provider.parse("orders.shop.svc.example.org:80")).isInstanceOf(ServiceTarget.class);
            assertThatThrownBy(() -> provider.parse("orders.shop.svc.cluster.local:80"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("example.org");
        }
    }

    @Test
    void other_schemes_are_refused() {
        try (KubernetesResolverProvider provider = new KubernetesResolverProvider(nowhere)) {
            assertThatThrownBy(() -> provider.newResolver(Target.parse("static:///10.0.0.7:80"), context))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("its scheme is static");
        }
    }

    @Test
    void what_the_api_would_refuse_as_a_selector_is_refused_at_once_I1() {
        try (KubernetesResolverProvider provider = new KubernetesResolverProvider(nowhere)) {
            assertThat(provider.parse("k8s:///?pods=app%20in(a,b)&port=80")).isInstanceOf(PodsTarget.class);
            assertThatThrownBy(() -> provider.parse("k8s:///?pods=app%3Da%3Db&port=80"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining(
                            "pods 'app=a=b' (expected: a label selector that the Kubernetes API understands");
            assertThatThrownBy(() -> provider.newResolver(Target.parse("k8s:///?pods=a%20b"), context))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("pods 'a b'");
        }
    }

    @Test
    void without_a_way_to_an_api_the_first_resolver_is_refused_with_a_text() {
        Surroundings nothing = new Surroundings(
                Map.of("HOME", "/home/me"), path -> Optional.empty(), files -> Optional.empty(), Set::of);
        try (KubernetesResolverProvider provider =
                new KubernetesResolverProvider(() -> KubernetesConfig.DEFAULT, nothing)) {
            assertThatThrownBy(() -> provider.newResolver(provider.parse("orders:80"), context))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no way to a Kubernetes API was found")
                    .hasMessageContaining(Path.of("/home/me/.kube/config").toString());
        }
    }

    @Test
    void a_closed_provider_makes_no_resolver() {
        KubernetesResolverProvider provider = new KubernetesResolverProvider(nowhere);
        provider.close();
        assertThatThrownBy(() -> provider.newResolver(provider.parse("orders:80"), context))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void a_resolver_starts_once() {
        try (KubernetesResolverProvider provider = new KubernetesResolverProvider(nowhere)) {
            var resolver = provider.newResolver(provider.parse("orders:80"), context);
            resolver.start(new Heard());
            assertThatThrownBy(() -> resolver.start(new Heard())).isInstanceOf(IllegalStateException.class);
            resolver.close();
        }
    }
}
