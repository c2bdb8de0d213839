package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** what a client is built from is replaced while it runs. */
class RenewalTest {
    private static final String LIST = "/api/v1/namespaces/shop/services";
    private static final String WATCH = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?watch=1";

    private final ScriptedApiServer first = ScriptedApiServer.open();
    private final ScriptedApiServer second = ScriptedApiServer.open();
    private final ScriptedService orders =
            ScriptedService.of(first, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));
    private final FakeClock clock = new FakeClock();
    private final Path contexts;
    private final Path users;
    private final ApiClient api;

    RenewalTest(@TempDir Path dir) {
        contexts = dir.resolve("contexts");
        users = dir.resolve("users");
        api = new ApiClient(new Access.Kubeconfig(List.of(contexts, users)), clock);
    }

    @BeforeEach
    void aContextInOneFileAndItsClusterAndUserInAnother() throws IOException {
        Files.writeString(contexts, """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts:
                - name: here
                  context: {cluster: scripted, user: client, namespace: shop}
                """);
        users(first, "token: t");
    }

    @AfterEach
    void close() {
        api.close();
        first.close();
        second.close();
    }

    private void users(ScriptedApiServer server, String user) throws IOException {
        Files.writeString(users, """
                apiVersion: v1
                kind: Config
                clusters:
                - name: scripted
                  cluster: {server: "%s"}
                users:
                - name: client
                  user: {%s}
                """.formatted(server.url(), user));
    }

    private int status(String path) {
        return Answered.to(api, path).awaitEnd().status();
    }

    @Test
    void files_that_are_replaced_are_noticed_within_a_minute_and_running_watches_go_on_R2() throws IOException {
        Answered watch = Answered.to(api, WATCH);
        assertThat(watch.awaitStatus()).isEqualTo(200);
        users(second, "token: t");
        clock.advance(Duration.ofSeconds(59));
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(second.requests()).as("not looked at yet").isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(second.requests()).hasSize(1);
        assertThat(api.url()).isEqualTo(second.url().toString());
        orders.add(ScriptedPod.of("orders-1", "10.0.0.1"));
        watch.awaitBody("10.0.0.1");
        assertThat(watch.isOver()).isFalse();
    }

    @Test
    void the_client_that_was_replaced_is_let_go_when_its_last_exchange_has_ended() throws IOException {
        Answered watch = Answered.to(api, WATCH);
        assertThat(watch.awaitStatus()).isEqualTo(200);
        users(second, "token: t");
        clock.advance(Duration.ofMinutes(1));
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(first.watches().count()).isEqualTo(1);
        first.watches().end(any -> true);
        watch.awaitEnd();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> first.watches().count() == 0);
        api.close();
        assertThat(Answered.to(api, LIST).awaitEnd().failure()).contains("closed");
    }

    @Test
    void a_token_in_another_file_than_the_context_is_read_again_after_a_401_R2_W10() throws IOException {
        first.access().requireToken("t");
        assertThat(status(LIST)).isEqualTo(200);
        first.access().requireToken("new");
        users(first, "token: new");
        assertThat(status(LIST)).as("the one that finds out").isEqualTo(401);
        assertThat(status(LIST)).as("without a minute's wait").isEqualTo(200);
    }

    @Test
    void a_token_file_of_a_kubeconfig_is_read_for_every_request_R2() throws IOException {
        Path token = Files.writeString(users.resolveSibling("token"), "t\n");
        users(first, "tokenFile: token");
        first.access().requireToken("t");
        assertThat(status(LIST)).isEqualTo(200);
        first.access().requireToken("new");
        Files.writeString(token, "new\n");
        assertThat(status(LIST)).isEqualTo(200);
    }

    @Test
    void files_that_make_no_sense_at_the_moment_leave_the_client_that_is() throws IOException {
        assertThat(status(LIST)).isEqualTo(200);
        Files.writeString(users, "half a fi");
        clock.advance(Duration.ofMinutes(1));
        assertThat(status(LIST)).isEqualTo(200);
        users(second, "token: t");
        clock.advance(Duration.ofMinutes(1));
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void a_401_that_lasts_builds_a_client_a_minute_at_most() throws IOException {
        first.access().requireToken("another");
        assertThat(status(LIST)).isEqualTo(401);
        long before = clientThreads();
        for (int i = 0; i < 20; i++) {
            assertThat(status(LIST)).isEqualTo(401);
        }
        assertThat(clientThreads()).as("selectors of clients").isLessThanOrEqualTo(before + 1);
    }

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("SelectorManager"))
                .count();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the plugin is a shell script")
    void a_plugin_that_hangs_is_named_with_the_time_it_takes_R7() throws IOException {
        Path login = users.resolveSibling("login");
        Path plugin = Files.writeString(
                users.resolveSibling("plugin"), "#!/bin/sh\nwhile [ ! -e " + login + " ]; do sleep 0.05; done\n");
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
        users(first, "exec: {apiVersion: client.authentication.k8s.io/v1, command: \"" + plugin + "\"}");
        Answered held = Answered.to(api, LIST);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            clock.advance(Duration.ofSeconds(30));
            return api.heldUpBy().isPresent();
        });
        assertThat(api.heldUpBy().orElseThrow())
                .startsWith("credential plugin '" + plugin + "' of the kubeconfig has been running for ")
                .contains("0 s without an answer; run it by hand to see what it waits for");
        Files.createFile(login);
        assertThat(held.awaitEnd().failure()).contains("gave no credentials");
        assertThat(api.heldUpBy()).isEmpty();
    }

    private Path plugin(String lines) throws IOException {
        Path plugin = Files.writeString(
                users.resolveSibling("plugin"),
                "#!/bin/sh\n" + lines
                        + "\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t\"}}'\n");
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
        return plugin;
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the plugin is a shell script")
    void files_that_are_replaced_while_a_plugin_runs_are_noticed_as_well_R2() throws IOException {
        users(second, "token: t");
        Path next = Files.copy(users, users.resolveSibling("next"));
        users(
                first,
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: \"" + plugin("cp " + next + " " + users)
                        + "\"}");
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(first.requests()).as("as it was read").hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the plugin is a shell script")
    void a_connection_that_is_cut_in_the_handshake_runs_no_plugin_again_R7() throws Exception {
        Path runs = users.resolveSibling("runs");
        Path plugin = plugin("echo >> " + runs);
        try (ServerSocket cutting = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            new Thread(() -> cut(cutting), "cutter").start(); // Ends with the socket.
            Files.writeString(users, """
                    clusters:
                    - name: scripted
                      cluster: {server: "https://127.0.0.1:%d"}
                    users:
                    - name: client
                      user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: "%s"}}
                    """.formatted(cutting.getLocalPort(), plugin));
            for (int i = 0; i < 3; i++) {
                assertThat(Answered.to(api, LIST).awaitEnd().failure()).contains("SSL");
            }
            assertThat(Files.readAllLines(runs)).hasSize(1);
        }
    }

    /** Until the socket is closed. */
    private static void cut(ServerSocket cutting) {
        while (!cutting.isClosed()) {
            try (Socket accepted = cutting.accept()) {
                assertThat(accepted.getInputStream().read()).isNotNegative();
            } catch (IOException e) {
                assertThat(e).isNotNull(); // The end of the test, or of a connection.
            }
        }
    }

    @Test
    void nothing_holds_requests_up_without_a_plugin_R7() {
        assertThat(status(LIST)).isEqualTo(200);
        assertThat(api.heldUpBy()).isEmpty();
    }
}
