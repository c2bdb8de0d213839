package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.resolver.kubernetes.client.KubeconfigFile.AuthProvider;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Cluster;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Context;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Exec;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Named;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a kubeconfig file (rule R-7). */
class KubeconfigFileTest {
    private final Path path;

    KubeconfigFileTest(@TempDir Path dir) {
        path = dir.resolve("config");
    }

    private KubeconfigFile read(String text) throws IOException {
        return KubeconfigFile.read(Files.writeString(path, text));
    }

    @Test
    void all_that_counts_is_read_and_all_else_is_passed_over() throws IOException {
        KubeconfigFile file = read("""
                apiVersion: v1
                kind: Config
                preferences: {}
                current-context: here
                contexts:
                - name: here
                  context: {cluster: local, user: client, namespace: shop, extensions: []}
                clusters:
                - name: local
                  cluster:
                    server: https://127.0.0.1:6443
                    certificate-authority: ca.pem
                    certificate-authority-data: Y2E=
                    insecure-skip-tls-verify: true
                    tls-server-name: api
                    proxy-url: http://proxy:3128
                    extensions:
                    - {name: minikube.sigs.k8s.io, extension: {version: v1}}
                    - {name: client.authentication.k8s.io/exec, extension: {audience: us}}
                users:
                - name: client
                  user:
                    client-certificate: client.pem
                    client-certificate-data: Y2VydA==
                    client-key: client.key
                    client-key-data: a2V5
                    token: secret
                    tokenFile: token
                    username: somebody
                    password: 12345
                    auth-provider: {name: oidc, config: {client-id: me, id-token: i, access-token: a}}
                    exec:
                      apiVersion: client.authentication.k8s.io/v1
                      command: login
                      args: [get, 7, '']
                      env: [{name: REGION, value: north}]
                      installHint: install it
                      interactiveMode: Never
                      provideClusterInfo: true
                """);
        assertThat(file.currentContext()).isEqualTo("here");
        assertThat(file.contexts()).containsExactly(new Named<>("here", new Context("local", "client", "shop")));
        Cluster cluster = file.clusters().get(0).said();
        assertThat(cluster)
                .isEqualTo(new Cluster(
                        "https://127.0.0.1:6443",
                        "ca.pem",
                        "Y2E=",
                        true,
                        "api",
                        "http://proxy:3128",
                        cluster == null ? null : cluster.pluginConfig()));
        assertThat(cluster).extracting(Cluster::pluginConfig).hasToString("{\"audience\":\"us\"}");
        Exec exec = new Exec(
                "client.authentication.k8s.io/v1",
                "login",
                List.of("get", "7", ""),
                List.of(new Exec.Variable("REGION", "north")),
                "install it",
                "Never",
                true);
        assertThat(file.users())
                .containsExactly(new Named<>(
                        "client",
                        new User(
                                "client.pem",
                                "Y2VydA==",
                                "client.key",
                                "a2V5",
                                "secret",
                                "token",
                                "somebody",
                                "12345",
                                new AuthProvider("oidc", "a", "i"),
                                exec)));
    }

    @Test
    void what_is_left_out_empty_or_null_is_the_same() throws IOException {
        KubeconfigFile file = read("""
                current-context: ''
                contexts: [{name: here, context: {cluster: , namespace: ~}}, {name: bare}]
                clusters:
                """);
        assertThat(file.currentContext()).isNull();
        assertThat(file.contexts())
                .containsExactly(new Named<>("here", new Context(null, null, null)), new Named<>("bare", null));
        assertThat(file.clusters()).isEmpty();
        assertThat(file.users()).isEmpty();
    }

    @Test
    void JSON_is_YAML() throws IOException {
        assertThat(read("{\"current-context\": \"here\"}").currentContext()).isEqualTo("here");
    }

    @Test
    void secrets_are_not_spelled_out_by_what_was_read() throws IOException {
        KubeconfigFile file = read("""
                users:
                - name: client
                  user: {token: secret, password: secret, client-key-data: secret, exec: {command: c, args: [secret]},
                    auth-provider: {name: gcp, config: {access-token: secret}}}
                """);
        assertThat(file.toString()).contains("client").doesNotContain("secret");
        User user = file.users().get(0).said();
        assertThat(user).extracting(User::exec).asString().doesNotContain("secret");
        assertThat(user).extracting(User::provider).asString().doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- secret",
                "secret",
                "contexts: secret",
                "contexts: [secret]",
                "users: [{name: a, user: secret}]",
                "users: [{name: a, user: {token: [secret]}}]",
                "clusters: [{name: a, cluster: {insecure-skip-tls-verify: secret}}]",
                "users: {secret",
                ""
            })
    void what_is_no_kubeconfig_is_refused_without_a_word_of_what_stands_in_it(String text) throws IOException {
        Files.writeString(path, text);
        assertThatThrownBy(() -> Kubeconfig.read(List.of(path)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("kubeconfig " + path + " cannot be read (")
                .hasMessageNotContaining("secret");
    }
}
