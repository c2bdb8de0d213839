package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.inmesh.resolver.kubernetes.client.CredentialPlugin.Credential;
import io.inmesh.resolver.kubernetes.client.Kubeconfig.Said;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Context;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.User;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** credential plugins are run as kubectl runs them. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the plugins are shell scripts")
class CredentialProtocolTest {
    private static final String VERSION = "client.authentication.k8s.io/v1";
    private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

    private final Path dir;

    CredentialProtocolTest(@TempDir Path dir) {
        this.dir = dir;
    }

    /** Answers with what the lines say of its status; what they print else comes first. */
    private void script(String name, String lines) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + lines + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String answer(String status) {
        return "echo '{\"apiVersion\":\"" + VERSION + "\",\"kind\":\"ExecCredential\",\"status\":" + status + "}'";
    }

    private Kubeconfig kubeconfig(String user) throws IOException {
        Path file = Files.writeString(dir.resolve("config"), """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts:
                - name: here
                  context: {cluster: near, user: client}
                clusters:
                - name: near
                  cluster:
                    server: https://near:6443
                    certificate-authority-data: Y2E=
                    extensions:
                    - name: client.authentication.k8s.io/exec
                      extension: {audience: us}
                users:
                - name: client
                  user: %s
                """.formatted(user));
        return Kubeconfig.read(List.of(file));
    }

    private CredentialPlugin plugin(String exec) throws IOException {
        Kubeconfig kubeconfig = kubeconfig("{exec: {apiVersion: " + VERSION + ", " + exec + "}}");
        Context context = kubeconfig.currentContext().orElseThrow();
        Said<User> user = kubeconfig.user(context).orElseThrow();
        return new CredentialPlugin(
                Objects.requireNonNull(user.value().exec()),
                user,
                kubeconfig.cluster(context).orElseThrow().value());
    }

    @Test
    void one_with_a_relative_path_lies_beside_the_kubeconfig_and_gets_its_arguments_and_variables_as_they_are_written()
            throws IOException {
        script("bin/plugin", answer("{\"token\":\"'\"$1/$2/$COLOUR\"'\"}"));
        Credential given = plugin("command: bin/plugin, args: [\"a b\", \"$HOME\"], env: [{name: COLOUR, value: blue}]")
                .run();
        assertThat(given.token()).isEqualTo("a b/$HOME/blue");
        assertThat(given.expires()).isNull();
        assertThat(given).hasToString("Credential");
    }

    @Test
    void what_it_says_to_humans_is_no_part_of_its_answer() throws IOException {
        script("plugin", "echo 'this version is old' >&2\n" + answer("{\"token\":\"t\"}"));
        assertThat(plugin("command: ./plugin").run().token()).isEqualTo("t");
    }

    @Test
    void it_is_told_its_version_and_that_nobody_sits_there_and_the_cluster_only_if_it_asks() throws IOException {
        script(
                "plugin",
                "printf %s \"$KUBERNETES_EXEC_INFO\" > " + dir.resolve("told") + "\n" + answer("{\"token\":\"t\"}"));
        assertThat(plugin("command: ./plugin").run().token()).isEqualTo("t");
        assertThat(dir.resolve("told")).hasContent("""
                {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}""");
        assertThat(plugin("command: ./plugin, provideClusterInfo: true").run().token())
                .isEqualTo("t");
        assertThat(Files.readString(dir.resolve("told")))
                .contains(
                        "\"server\":\"https://near:6443\"",
                        "\"certificate-authority-data\":\"Y2E=\"",
                        "\"config\":{\"audience\":\"us\"}");
    }

    @Test
    void a_certificate_comes_with_its_key() throws IOException {
        script("plugin", answer("{\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\"}"));
        Credential given = plugin("command: ./plugin").run();
        assertThat(given.certificate()).isEqualTo("c");
        assertThat(given.key()).isEqualTo("k");
        assertThat(given.token()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 3 | it ended with exit code 3",
                "echo please log in | its answer is no JSON",
                "echo '{}' | its answer is of apiVersion '', the kubeconfig says 'client.authentication.k8s.io/v1'",
                "STATUS{\"clientKeyData\":\"k\"} | its answer has neither a token nor a certificate with its key",
                "STATUS{\"token\":\"s\",\"expirationTimestamp\":\"soon\"} | its expirationTimestamp is 'soon'",
            },
            quoteCharacter = '`')
    void what_is_wrong_with_its_answer_is_said_but_not_what_stands_in_it(String script, String why) throws IOException {
        script("plugin", script.startsWith("STATUS") ? answer(script.substring(6)) : script);
        CredentialPlugin plugin = plugin("command: ./plugin");
        assertThatThrownBy(plugin::run)
                .isInstanceOf(NoCredentialsException.class)
                .hasMessageStartingWith("credential plugin './plugin' of the kubeconfig gave no credentials;"
                        + " run it by hand to see why (" + why)
                .hasMessageNotContaining("please log in");
    }

    @Test
    void one_that_is_not_there_is_said_with_the_kubeconfigs_own_hint() throws IOException {
        CredentialPlugin missing = plugin("command: no-such-plugin, installHint: get it at the counter");
        assertThatThrownBy(missing::run)
                .isInstanceOf(NoCredentialsException.class)
                .hasMessageContainingAll("it could not be run", "no-such-plugin", "; get it at the counter)");
    }

    @Test
    void one_that_cannot_do_without_a_terminal_is_not_run() throws IOException {
        script("plugin", "touch " + dir.resolve("run"));
        CredentialPlugin plugin = plugin("command: ./plugin, interactiveMode: Always");
        assertThatThrownBy(plugin::run)
                .isInstanceOf(NoCredentialsException.class)
                .hasMessageContaining("interactiveMode: Always");
        assertThat(dir.resolve("run")).doesNotExist();
    }

    @Test
    void it_is_run_again_shortly_before_its_token_is_over_and_not_sooner() throws IOException {
        script(
                "plugin",
                "echo >> " + dir.resolve("runs") + "\n"
                        + answer("{\"token\":\"'$(wc -l < " + dir.resolve("runs")
                                + " | tr -d ' ')'\",\"expirationTimestamp\":\"" + NOW.plusSeconds(60) + "\"}"));
        CredentialPlugin plugin = plugin("command: ./plugin");
        AtomicReference<Instant> clock = new AtomicReference<>(NOW);
        PluginToken token = new PluginToken(plugin, plugin.run(), clock::get);
        assertThat(token.header()).isEqualTo("Bearer 1");
        clock.set(NOW.plusSeconds(49));
        assertThat(token.header()).isEqualTo("Bearer 1");
        clock.set(NOW.plusSeconds(50));
        assertThat(token.header()).isEqualTo("Bearer 2");
    }

    @Test
    void a_plugin_that_nobody_waits_for_any_more_is_ended() throws IOException {
        Path began = dir.resolve("began");
        // It has said all that it says, and goes on: for half a minute if nobody ends it.
        script("lasting", "echo $$ > " + began + "; exec 1>&-; exec sleep 30");
        CredentialPlugin lasting = plugin("command: ./lasting, interactiveMode: Never");
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(lasting::run)
                    .isInstanceOf(NoCredentialsException.class)
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).as("still told").isTrue();
        }
        long pid = Long.parseLong(Files.readString(began).trim());
        await().atMost(Duration.ofSeconds(20))
                .until(() ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
}
