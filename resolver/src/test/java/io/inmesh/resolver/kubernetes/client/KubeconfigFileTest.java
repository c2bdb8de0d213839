package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A kubeconfig is read without reflection, and says the same as it does to Jackson. */
class KubeconfigFileTest {
    private static final String FILE = """
            apiVersion: v1
            kind: Config
            preferences: {}
            current-context: here
            contexts:
            - name: here
              context: {cluster: local, user: client, namespace: shop}
            clusters:
            - name: local
              cluster:
                server: https://127.0.0.1:6443
                certificate-authority: ca.pem
                certificate-authority-data: Y2E=
                insecure-skip-tls-verify: false
                tls-server-name: api
                proxy-url: http://proxy:3128
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
                auth-provider: {name: oidc, config: {client-id: me}}
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: login
                  args: [get, token]
                  env: [{name: REGION, value: north}]
                  installHint: install it
                  interactiveMode: Never
                  provideClusterInfo: true
            """;

    private final Path path;

    KubeconfigFileTest(@TempDir Path dir) {
        path = dir.resolve("config");
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(path, FILE);
    }

    /** Reads YAML, and fails where it would have to look at a class. */
    private static KubernetesSerialization withoutReflection() {
        BeanDeserializerModifier refusing = new BeanDeserializerModifier() {
            @Override
            public BeanDeserializerBuilder updateBuilder(
                    DeserializationConfig config, BeanDescription bean, BeanDeserializerBuilder builder) {
                throw new IllegalStateException("bound by reflection: " + bean.getBeanClass());
            }
        };
        ObjectMapper mapper =
                new ObjectMapper().registerModule(new SimpleModule("refusing").setDeserializerModifier(refusing));
        KubernetesSerialization yaml = new KubernetesSerialization(mapper, false);
        assertThatThrownBy(() -> yaml.unmarshal(FILE, Config.class)).hasStackTraceContaining("bound by reflection");
        return yaml;
    }

    @Test
    void nothing_is_bound_by_reflection() {
        Kubeconfig read = Kubeconfig.read(List.of(path), withoutReflection());
        NamedContext context = read.currentContext().orElseThrow();
        assertThat(context.getContext().getNamespace()).isEqualTo("shop");
        Cluster cluster = read.cluster(context).orElseThrow().value();
        assertThat(cluster.getServer()).isEqualTo("https://127.0.0.1:6443");
        AuthInfo user = read.user(context).orElseThrow().value();
        assertThat(user.getExec().getArgs()).containsExactly("get", "token");
    }

    @Test
    void it_says_what_it_says_to_fabric8s_own_binding() {
        KubernetesSerialization yaml = new KubernetesSerialization(new ObjectMapper(), false);
        Config bound = yaml.unmarshal(FILE, Config.class);
        Config read = KubeconfigFile.read(yaml.unmarshal(FILE, JsonNode.class));
        assertThat(read.getCurrentContext()).isEqualTo(bound.getCurrentContext());
        assertThat(read.getContexts()).isEqualTo(bound.getContexts());
        assertThat(read.getClusters()).isEqualTo(bound.getClusters());
        assertThat(read.getUsers().get(0).getUser().getExec())
                .isEqualTo(bound.getUsers().get(0).getUser().getExec());
        assertThat(yaml.asJson(read.getUsers())).isEqualTo(yaml.asJson(bound.getUsers()));
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
