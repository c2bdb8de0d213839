package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.client.Access;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** N-6, N-7, R-1, R-7, S-20: what a process finds out about its place. */
class SurroundingsTest {
    private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";
    private static final Map<String, String> POD_FILES =
            Map.of(ACCOUNT + "token", "t", ACCOUNT + "ca.crt", "c", ACCOUNT + "namespace", " shop\n");
    private static final Map<String, String> POD_VARIABLES =
            Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443");

    private static Surroundings of(Map<String, String> environment, Map<String, String> files) {
        return new Surroundings(
                environment,
                path -> Optional.ofNullable(files.get(path.toString())),
                kubeconfigs -> Optional.of("of-" + kubeconfigs.get(0).getFileName()),
                () -> Set.of(AddressFamily.IPV4));
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "search shop.svc.cluster.local svc.cluster.local cluster.local | cluster.local",
                "search shop.svc.example.org svc.example.org example.org | example.org",
                "search\tshop.svc.k8s.internal.\tsvc.k8s.internal.\tk8s.internal. | k8s.internal",
                "search example.org | cluster.local",
                "nameserver 10.96.0.10 | cluster.local",
                "search svc. | cluster.local",
                "- | cluster.local",
            })
    void the_cluster_domain_comes_from_the_search_list_N6(String resolvConf, String expected) {
        Map<String, String> files = resolvConf == null
                ? Map.of()
                : Map.of("/etc/resolv.conf", "nameserver 10.96.0.10\n" + resolvConf + "\noptions ndots:5\n");
        assertThat(of(Map.of(), files).clusterDomain(KubernetesConfig.DEFAULT)).isEqualTo(expected);
        assertThat(of(Map.of(), files).clusterDomain(KubernetesConfig.DEFAULT.withClusterDomain("said.org")))
                .isEqualTo("said.org");
    }

    @Test
    void the_own_namespace_is_the_first_of_five_N7() {
        Map<String, String> kubeconfig = with(POD_FILES, "/home/me/.kube/config", "kubeconfig");
        Map<String, String> variables = Map.of("HOME", "/home/me", "POD_NAMESPACE", "variable");
        Map<String, String> home = Map.of("HOME", "/home/me");
        KubernetesConfig nothing = KubernetesConfig.DEFAULT;
        assertThat(of(variables, kubeconfig).namespace(nothing.withNamespace("said")))
                .isEqualTo("said");
        assertThat(of(variables, kubeconfig).namespace(nothing)).isEqualTo("variable");
        assertThat(of(home, kubeconfig).namespace(nothing)).as("trimmed").isEqualTo("shop");
        assertThat(of(home, Map.of("/home/me/.kube/config", "k")).namespace(nothing))
                .isEqualTo("of-config");
        assertThat(of(Map.of(), Map.of()).namespace(nothing)).isEqualTo("default");
        assertThat(of(home, Map.of()).namespace(nothing)).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({"10.96.0.1, https://10.96.0.1:443", "fd00::1, https://[fd00::1]:443"})
    void a_pod_finds_the_api_by_its_variables_and_files_R1(String host, String url) {
        Surroundings pod = of(with(POD_VARIABLES, "KUBERNETES_SERVICE_HOST", host), POD_FILES);
        assertThat(pod.access(KubernetesConfig.DEFAULT))
                .isInstanceOfSatisfying(
                        Access.InPod.class, inPod -> assertThat(inPod.url()).isEqualTo(url));
    }

    @Test
    void outside_the_kubeconfigs_are_those_of_the_variable_else_that_of_the_home_R7() {
        Map<String, String> files = Map.of("/a", "k", "/b", "k", "/home/me/.kube/config", "k");
        assertThat(of(Map.of("KUBECONFIG", "/a:/missing:/b", "HOME", "/home/me"), files)
                        .access(KubernetesConfig.DEFAULT))
                .isEqualTo(new Access.Kubeconfig(List.of(Path.of("/a"), Path.of("/b"))));
        assertThat(of(Map.of("HOME", "/home/me"), files).access(KubernetesConfig.DEFAULT))
                .isEqualTo(new Access.Kubeconfig(List.of(Path.of("/home/me/.kube/config"))));
    }

    @Test
    void what_is_said_wins_over_what_is_found() {
        Surroundings pod = of(POD_VARIABLES, with(POD_FILES, "/a", "k"));
        assertThat(pod.access(KubernetesConfig.DEFAULT.withKubeconfig(Path.of("/a"))))
                .isEqualTo(new Access.Kubeconfig(List.of(Path.of("/a"))));
        assertThat(pod.access(KubernetesConfig.DEFAULT.withMasterUrl(URI.create("http://127.0.0.1:1"))))
                .isEqualTo(new Access.Url("http://127.0.0.1:1"));
    }

    @Test
    void no_way_to_an_api_is_a_text_of_what_was_looked_for_where_and_what_to_do() {
        assertThatThrownBy(() -> of(Map.of("HOME", "/home/me"), Map.of()).access(KubernetesConfig.DEFAULT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("KUBERNETES_SERVICE_HOST is not set")
                .hasMessageContaining("/home/me/.kube/config")
                .hasMessageContaining("set KUBECONFIG or inmesh.kubernetes.kubeconfig");
        assertThatThrownBy(() -> of(POD_VARIABLES, Map.of()).access(KubernetesConfig.DEFAULT))
                .hasMessageContaining(ACCOUNT + "token")
                .hasMessageContaining("neither KUBECONFIG nor HOME is set");
        assertThatThrownBy(() ->
                        of(Map.of(), Map.of()).access(KubernetesConfig.DEFAULT.withKubeconfig(Path.of("/missing"))))
                .hasMessageContaining("inmesh.kubernetes.kubeconfig: '/missing'");
    }

    @ParameterizedTest
    @CsvSource({"AUTO, true, true", "AUTO, false, false", "INSIDE, false, true", "OUTSIDE, true, false"})
    void auto_is_inside_where_the_account_s_files_exist_S20(
            KubernetesConfig.Network network, boolean pod, boolean inside) {
        Surroundings here = of(pod ? POD_VARIABLES : Map.of(), pod ? POD_FILES : Map.of());
        ClientPlace place = here.place(KubernetesConfig.DEFAULT.withNetwork(network));
        assertThat(place.outside() == null).isEqualTo(inside);
    }

    @Test
    void a_pod_that_asks_another_api_than_its_own_is_inside_with_a_doubt_unless_that_is_said_S20() {
        Surroundings pod = of(POD_VARIABLES, with(POD_FILES, "/a", "k"));
        for (KubernetesConfig elsewhere : List.of(
                KubernetesConfig.DEFAULT.withKubeconfig(Path.of("/a")),
                KubernetesConfig.DEFAULT.withMasterUrl(URI.create("http://127.0.0.1:1")))) {
            assertThat(pod.place(elsewhere).outside()).isNull();
            assertThat(pod.doubtfulNetwork(elsewhere)).hasValueSatisfying(text -> assertThat(text)
                    .contains("say inmesh.kubernetes.network=inside", "outside if"));
            KubernetesConfig inside = elsewhere.withNetwork(KubernetesConfig.Network.INSIDE);
            assertThat(pod.place(inside).outside()).isNull();
            assertThat(pod.doubtfulNetwork(inside)).isEmpty();
        }
        assertThat(pod.doubtfulNetwork(KubernetesConfig.DEFAULT)).isEmpty();
        assertThat(of(Map.of(), Map.of()).doubtfulNetwork(KubernetesConfig.DEFAULT.withKubeconfig(Path.of("/a"))))
                .as("no pod, no doubt")
                .isEmpty();
    }

    @Test
    void such_a_pod_is_told_once_how_to_say_it_S20() {
        KubernetesConfig elsewhere = KubernetesConfig.DEFAULT.withMasterUrl(URI.create("http://127.0.0.1:1"));
        FakeClock clock = new FakeClock();
        String logged;
        try (LogOfErr log = new LogOfErr();
                KubernetesResolverProvider provider =
                        new KubernetesResolverProvider(() -> elsewhere, of(POD_VARIABLES, POD_FILES))) {
            provider.newResolver(provider.parse("orders:http"), new Context(clock, clock));
            provider.newResolver(provider.parse("stock:http"), new Context(clock, clock));
            logged = log.text();
        }
        assertThat(logged).containsOnlyOnce("say inmesh.kubernetes.network=inside");
    }

    @Test
    void the_place_carries_node_zone_and_families() {
        ClientPlace place = of(Map.of(), Map.of())
                .place(KubernetesConfig.DEFAULT.withPlace("n1", "z1").withFamily(KubernetesConfig.Family.IPV6));
        assertThat(place.locality().node()).isEqualTo("n1");
        assertThat(place.locality().zone()).isEqualTo("z1");
        assertThat(place.family()).isEqualTo(AddressFamily.IPV6);
        assertThat(place.host().get()).containsExactly(AddressFamily.IPV4);
    }
}
