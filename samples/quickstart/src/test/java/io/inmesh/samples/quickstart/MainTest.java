package io.inmesh.samples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.resolver.testing.ResourceType;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as users start it, but for the process. */
@Timeout(60)
class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    private int run(String... arguments) {
        try {
            return Main.run(
                    List.of(arguments),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void refused(String text) {
        assertThat(err()).startsWith("quickstart: ").contains(text).doesNotContain("\tat ", "Exception:");
    }

    @Test
    void the_main_job_loses_no_safe_request_and_its_counts_agree() {
        int code = run("--seconds", "8", "--rate", "200");

        assertThat(code).describedAs(out() + err()).isZero();
        assertThat(err()).isEmpty();
        assertThat(out().lines())
                .anyMatch(line -> line.startsWith("1/7 steady"))
                .anyMatch(line -> line.startsWith("2/7 scale out"))
                .anyMatch(line -> line.startsWith("3/7 drain"))
                .anyMatch(line -> line.startsWith("4/7 kill without warning"))
                .anyMatch(line -> line.startsWith("5/7 rolling update"))
                .anyMatch(line -> line.startsWith("6/7 policy switched"))
                .anyMatch(line -> line.startsWith("7/7 API down"))
                .anyMatch(line -> line.equals("  policy: grpc power-of-two, http power-of-two (built-in default)"))
                .anyMatch(line -> line.equals("  policy: grpc round-robin, http round-robin (annotation)"))
                .anyMatch(line -> line.matches("OK: [1-9],\\d{3} requests, 0 .*lost.*, counts agree"));
    }

    @Test
    void help_is_an_answer() {
        assertThat(run("--rate", "x", "--help")).isZero();
        assertThat(out()).isEqualTo(CommandLine.HELP);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --polcy rr                           | option '--polcy' is unknown, did you mean '--policy'?
                    --policy round-robbin                | policy 'round-robbin' is unknown, did you mean 'round-robin'? (valid:
                    --kubeconfig no/file --service a.b:c | --kubeconfig: 'no/file' is not there or cannot be read
                    --service consul:///orders           | nothing resolves scheme 'consul' (known: k8s, static)
                    --service a..b                       | target 'a..b': 'a..b' has an empty label
                    --service orders.shop:http?policy=x  | policy 'x' is unknown
                    --service orders.shop                | AMBIGUOUS_PORT: orders in namespace shop, no port given: it has 2 TCP ports
                    --service orders.shop:admin          | NO_SUCH_PORT: orders in namespace shop, port admin
                    --service carts.shop:http            | NOT_FOUND: carts in namespace shop, port http
                    """)
    void bad_input_ends_with_one_text_and_exit_code_2(String arguments, String text) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        refused(text);
    }

    @Test
    void an_api_that_cannot_be_reached_is_named() {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            Path kubeconfig = kubeconfig(api);
            api.stop();

            int code = run("--seconds", "5", "--kubeconfig", kubeconfig.toString(), "--service", "orders.shop:http");

            assertThat(code).isEqualTo(2);
            refused("NOT_SYNCED: orders in namespace shop, port http: the Kubernetes API at " + api.url()
                    + " cannot be reached");
        }
    }

    @Test
    void a_right_that_is_missing_is_named() {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            for (ResourceType type : List.of(ResourceType.ENDPOINT_SLICES, ResourceType.ENDPOINTS)) {
                api.access().forbid("list", type);
                api.access().forbid("watch", type);
            }

            int code = run("--kubeconfig", kubeconfig(api).toString(), "--service", "orders.shop:http");

            assertThat(code).isEqualTo(2);
            refused("FORBIDDEN: orders in namespace shop, port http");
            assertThat(err())
                    .contains("- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}");
        }
    }

    @Test
    void a_kubeconfig_that_is_none_is_not_quoted() throws IOException {
        Path file = Files.writeString(folder.resolve("config"), "secret");

        assertThat(run("--kubeconfig", file.toString(), "--service", "orders.shop:http"))
                .isEqualTo(2);
        refused("kubeconfig " + file + " cannot be read");
        assertThat(err()).doesNotContain("secret");
    }

    @Test
    void a_service_is_looked_at_without_sending_anything() {
        int code = run("--seconds", "5", "--rate", "100", "--service", "orders.shop:grpc?policy=rr");

        assertThat(code).describedAs(err()).isZero();
        assertThat(out().lines())
                .anyMatch(line -> line.equals("endpoints: 4, usable: 4, policy: round-robin (code)"))
                .anyMatch(line ->
                        line.matches("  orders-1 +127\\.0\\.0\\.\\d+:\\d+ +node-1 +zone-a +\\d+ +2[45]\\.\\d% +usable"))
                .anyMatch(line -> line.matches("OK: [45]\\d\\d picks, each found an endpoint"));
    }

    @Test
    void picks_that_find_no_endpoint_fail_the_look() {
        try (ScriptedApiServer api = ScriptedApiServer.open()) {
            ScriptedService orders = ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("http", 80, 8080));
            orders.add(ScriptedPod.of("orders-1", "127.0.0.2"));
            String kubeconfig = kubeconfig(api).toString();

            CompletableFuture<Integer> code = CompletableFuture.supplyAsync(
                    () -> run("--seconds", "5", "--kubeconfig", kubeconfig, "--service", "orders.shop"));
            await().atMost(Duration.ofSeconds(20)).until(() -> out().contains("endpoints: 1, usable: 1"));
            orders.remove("orders-1");

            assertThat(code.join()).isEqualTo(1);
            assertThat(out())
                    .contains("endpoints: 0, usable: 0")
                    .contains("FAILED: ")
                    .contains("NO_ENDPOINTS: ");
        }
    }

    private Path kubeconfig(ScriptedApiServer api) {
        Path file = folder.resolve("kubeconfig");
        api.kubeconfig(file, "shop");
        return file;
    }
}
