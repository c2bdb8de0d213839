package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.client.AccessReader;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** N-7, R-7: several kubeconfig files are read as one, and none at first is no reason to give up. */
class KubeconfigFilesTest {
    private static final String CURRENT = "current-context: here\n";
    private static final String CONTEXTS = """
            contexts:
            - name: incomplete
            - name: here
              context: {cluster: scripted, user: client, namespace: shop}
            """;
    private static final String OTHER_CONTEXTS = """
            contexts:
            - name: here
              context: {cluster: elsewhere, user: nobody, namespace: bank}
            - name: there
              context: {cluster: elsewhere, user: nobody, namespace: farm}
            """;

    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("kubeconfig-test");
    private final Context context = new Context(NanoClock.system(), scheduler);

    private final Path dir;

    KubeconfigFilesTest(@TempDir Path dir) {
        this.dir = dir;
    }

    @BeforeEach
    void onePod() {
        ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080))
                .add(ScriptedPod.of("orders-1", "10.0.0.1"));
        api.access().requireToken("t");
    }

    @AfterEach
    void close() {
        scheduler.close();
        api.close();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(dir.resolve(name), "apiVersion: v1\nkind: Config\n" + content);
    }

    private String clusterAndUser() {
        return """
                clusters:
                - name: scripted
                  cluster: {server: "%s"}
                users:
                - name: client
                  user: {token: t}
                """.formatted(api.url());
    }

    private KubernetesResolverProvider listing(Path... files) {
        String listed = Stream.of(files).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        return provider(Map.of("KUBECONFIG", listed));
    }

    private static KubernetesResolverProvider provider(Map<String, String> environment) {
        return new KubernetesResolverProvider(
                () -> KubernetesConfig.DEFAULT.withNetwork(KubernetesConfig.Network.INSIDE),
                new Surroundings(
                        environment,
                        KubeconfigFilesTest::read,
                        AccessReader::contextNamespace,
                        () -> Set.of(AddressFamily.IPV4)));
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertReaches(KubernetesResolverProvider provider) {
        Heard heard = new Heard();
        try (Resolver resolver = provider.newResolver(provider.parse("orders:http"), context)) {
            resolver.start(heard);
            heard.awaitUsable("10.0.0.1:8080");
        }
    }

    @Test
    void current_context_context_and_user_may_sit_in_different_files() throws IOException {
        try (KubernetesResolverProvider provider =
                listing(file("a", CURRENT), file("b", CONTEXTS), file("c", clusterAndUser()))) {
            assertReaches(provider);
        }
    }

    @Test
    void the_first_definition_of_a_context_and_the_first_current_context_win() throws IOException {
        Path first = file("a", CURRENT + CONTEXTS + clusterAndUser());
        Path second = file("b", "current-context: there\n" + OTHER_CONTEXTS);
        assertThat(AccessReader.contextNamespace(List.of(first, second))).contains("shop");
        assertThat(AccessReader.contextNamespace(List.of(second, first))).contains("farm");
        assertThat(AccessReader.contextNamespace(List.of(file("c", CURRENT), second, first)))
                .as("the first definition, not the one beside the current-context")
                .contains("bank");
        assertThat(AccessReader.contextNamespace(List.of(file("d", "current-context: ''\n"), second)))
                .contains("farm");
        try (KubernetesResolverProvider provider = listing(first, second)) {
            assertReaches(provider);
        }
    }

    @Test
    void a_current_context_that_no_file_defines_is_told_and_no_other_cluster_is_asked_instead() throws IOException {
        Path missing = file("a", "current-context: mistyped\n");
        Path other = file("b", CURRENT + CONTEXTS + clusterAndUser());
        assertThat(AccessReader.contextNamespace(List.of(missing, other))).isEmpty();
        try (KubernetesResolverProvider provider = listing(missing, other)) {
            Heard heard = new Heard();
            try (Resolver resolver = provider.newResolver(provider.parse("orders.shop:http"), context)) {
                resolver.start(heard);
                assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                        .contains("has no current context")
                        .contains(missing.toString());
                assertThat(api.requests()).isEmpty();
            }
        }
    }

    @Test
    void a_kubeconfig_that_comes_after_a_refusal_is_taken_up_by_the_next_resolver() throws IOException {
        Path kubeconfig = dir.resolve(".kube").resolve("config");
        try (KubernetesResolverProvider provider = provider(Map.of("HOME", dir.toString()))) {
            assertThatThrownBy(() -> provider.newResolver(provider.parse("orders:http"), context))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no way to a Kubernetes API was found")
                    .hasMessageContaining(kubeconfig.toString());
            Files.createDirectories(kubeconfig.getParent());
            Files.move(file("written", CURRENT + CONTEXTS + clusterAndUser()), kubeconfig);
            assertReaches(provider); // In the namespace of that file, too.
        }
    }
}
