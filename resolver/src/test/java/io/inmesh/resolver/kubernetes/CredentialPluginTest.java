package io.inmesh.resolver.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** credential plugins of a kubeconfig that take their time or fail. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the plugins are shell scripts")
class CredentialPluginTest {
    private static final String CREDENTIAL = """
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}
            """;

    private static final String TOKENLESS =
            "echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"\"}}'; exit 0";

    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Scheduler scheduler = Scheduler.system("plugin-test");
    private final Context context = new Context(NanoClock.system(), scheduler);
    private final Path plugin;
    private final Path began;
    private final Path login;
    private final KubernetesResolverProvider provider;

    CredentialPluginTest(@TempDir Path dir) {
        plugin = dir.resolve("plugin");
        began = dir.resolve("began");
        login = dir.resolve("login");
        provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT
                .withKubeconfig(dir.resolve("config"))
                .withNetwork(KubernetesConfig.Network.INSIDE));
    }

    @BeforeEach
    void anApiThatWantsATokenOfThePlugin() throws IOException {
        api.access().requireToken("t");
        for (String service : new String[] {"orders", "bills"}) {
            ScriptedService.of(api, "shop", service, ScriptedPort.tcp("http", 80, 8080))
                    .add(ScriptedPod.of(service + "-1", "10.0.0.1"));
        }
        Files.writeString(plugin.resolveSibling("config"), """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts:
                - name: here
                  context: {cluster: scripted, user: client, namespace: shop}
                clusters:
                - name: scripted
                  cluster: {server: "%s"}
                users:
                - name: client
                  user:
                    exec: {apiVersion: client.authentication.k8s.io/v1, command: "%s", interactiveMode: Never}
                """.formatted(api.url(), plugin));
    }

    @AfterEach
    void close() throws IOException {
        logIn(); // Whatever happened, no script stays behind.
        provider.close();
        scheduler.close();
        api.close();
    }

    private void script(String untilLoggedIn) throws IOException {
        Files.writeString(plugin, """
                #!/bin/sh
                echo >> %s
                %s
                cat <<'END'
                %sEND
                """.formatted(began, untilLoggedIn.replace("LOGIN", login.toString()), CREDENTIAL));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    }

    private void logIn() throws IOException {
        if (Files.notExists(login)) {
            Files.createFile(login);
        }
    }

    private Heard start(String target) {
        Heard heard = new Heard();
        Resolver resolver = provider.newResolver(provider.parse(target), context);
        resolver.start(heard);
        return heard;
    }

    private void awaitPlugin() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(began));
    }

    @Test
    void one_that_hangs_stops_no_timer_and_once_it_answers_all_goes_on() throws Exception {
        script("while [ ! -e LOGIN ]; do sleep 0.05; done");
        Heard orders = start("orders:http");
        Heard bills = start("bills:http"); // A lane each: enough to take both threads of the scheduler.
        awaitPlugin();
        CountDownLatch timer = new CountDownLatch(1);
        scheduler.schedule(timer::countDown, Duration.ofMillis(100));
        assertThat(timer.await(5, TimeUnit.SECONDS)).as("the timer fires").isTrue();
        assertThat(api.requests()).isEmpty();
        logIn();
        orders.awaitUsable("10.0.0.1:8080");
        bills.awaitUsable("10.0.0.1:8080");
        assertThat(Files.readAllLines(began)).as("one run for all who waited").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 1", "echo 'please log in'; exit 0", "echo '{}'; exit 0", TOKENLESS})
    void one_that_gives_nothing_is_named_asks_nothing_as_nobody_and_is_run_again(String failure) throws IOException {
        script("if [ ! -e LOGIN ]; then " + failure + "; fi");
        Heard heard = start("orders:http");
        assertThat(heard.awaitReason(Reason.NOT_SYNCED).text())
                .contains("the Kubernetes API at the cluster of kubeconfig ")
                .contains("credential plugin '" + plugin
                        + "' of the kubeconfig gave no credentials; run it by hand to see why")
                .contains("asked again until it answers");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.readAllLines(began).size() > 2);
        assertThat(heard.messages()).as("told once").hasSize(1);
        assertThat(api.requests()).isEmpty();
        logIn();
        heard.awaitUsable("10.0.0.1:8080");
        assertThat(heard.unresolved()).extracting(Unresolved::reason).containsOnly(Reason.NOT_SYNCED);
    }

    @Test
    void closing_waits_for_none_and_no_request_comes_after_it() throws IOException {
        script("while [ ! -e LOGIN ]; do sleep 0.05; done");
        start("orders:http");
        awaitPlugin();
        assertTimeoutPreemptively(Duration.ofSeconds(5), provider::close);
        logIn();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("inmesh-kubernetes-api")));
        assertThat(api.requests()).isEmpty();
    }
}
