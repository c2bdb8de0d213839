package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** how the API is reached, and as whom, by what a kubeconfig says, over real TLS. */
class KubeconfigReaderTest {
    /** Made once: each takes a second. Written before all tests. */
    private static @Nullable TestIdentity made;

    private final Path dir;
    private @Nullable ServedOverTls server;

    KubeconfigReaderTest(@TempDir Path dir) {
        this.dir = dir;
    }

    @BeforeAll
    static void make(@TempDir Path shared) throws Exception {
        made = TestIdentity.of(shared, "api", "ip:127.0.0.1,dns:api.internal,dns:*.example");
    }

    private static TestIdentity identity() {
        return Objects.requireNonNull(made, "made");
    }

    @BeforeEach
    void serve() throws Exception {
        server = new ServedOverTls(identity(), null, 0);
    }

    @AfterEach
    void stop() {
        served().close();
    }

    private ServedOverTls served() {
        return Objects.requireNonNull(server, "server");
    }

    private Access.Kubeconfig kubeconfig(String cluster, String user) throws IOException {
        return new Access.Kubeconfig(List.of(Files.writeString(dir.resolve("config"), """
                current-context: here
                contexts: [{name: here, context: {cluster: near, user: me}}]
                clusters: [{name: near, cluster: {%s}}]
                users: [{name: me, user: {%s}}]
                """.formatted(cluster, user))));
    }

    private String trusted() throws Exception {
        return "server: \"" + served().url() + "/\", certificate-authority-data: "
                + base64(identity().certificatePem());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Answered asked(Access access) {
        try (ApiClient api = new ApiClient(access)) {
            return Answered.to(api, "/api").awaitEnd();
        }
    }

    @Test
    void an_authority_may_stand_in_the_file_or_beside_it() throws Exception {
        assertThat(asked(kubeconfig(trusted(), "")).status()).isEqualTo(200);
        Files.writeString(dir.resolve("ca.pem"), identity().certificatePem());
        String beside = "server: \"" + served().url() + "\", certificate-authority: ca.pem";
        assertThat(asked(kubeconfig(beside, "")).status()).isEqualTo(200);
        assertThat(served().authorization()).as("asked as nobody").isNull();
    }

    @Test
    void a_server_that_nobody_vouches_for_is_taken_only_if_the_kubeconfig_says_so() throws Exception {
        String cluster = "server: \"" + served().url() + "\"";
        assertThat(asked(kubeconfig(cluster, "")).failure()).contains("SSL");
        assertThat(asked(kubeconfig(cluster + ", insecure-skip-tls-verify: true", ""))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_authority_that_is_named_is_the_only_one() throws Exception {
        TestIdentity other = TestIdentity.of(dir, "other", "ip:127.0.0.1");
        String cluster =
                "server: \"" + served().url() + "\", certificate-authority-data: " + base64(other.certificatePem());
        assertThat(asked(kubeconfig(cluster, "")).failure()).contains("SSL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.internal", "API.internal", "127.0.0.1", "one.example"})
    void a_server_behind_a_tunnel_is_known_by_its_own_name(String name) throws Exception {
        assertThat(asked(kubeconfig(trusted() + ", tls-server-name: " + name, ""))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"internal", "one.two.example", "example", "127.0.0.2"})
    void one_that_has_another_name_is_not_taken_for_it(String name) throws Exception {
        assertThat(asked(kubeconfig(trusted() + ", tls-server-name: " + name, ""))
                        .failure())
                .contains("SSL")
                .contains("tls-server-name of the kubeconfig says, '" + name + "' (it has: ", "api.internal");
    }

    @Test
    void a_name_does_not_do_without_the_authority() throws Exception {
        TestIdentity other = TestIdentity.of(dir, "other", "dns:api.internal");
        String cluster = "server: \"" + served().url()
                + "\", tls-server-name: api.internal, certificate-authority-data: " + base64(other.certificatePem());
        assertThat(asked(kubeconfig(cluster, "")).failure()).contains("SSL");
    }

    @Test
    void a_client_certificate_is_shown_be_it_in_the_file_or_beside_it() throws Exception {
        TestIdentity client = TestIdentity.of(dir, "client", "dns:client");
        served().close();
        server = new ServedOverTls(identity(), client, 0);
        String inside = "client-certificate-data: " + base64(client.certificatePem()) + ", client-key-data: "
                + base64(client.keyPem());
        assertThat(asked(kubeconfig(trusted(), inside)).status()).isEqualTo(200);
        assertThat(served().client()).isEqualTo("CN=client");
        Files.writeString(dir.resolve("client.pem"), client.certificatePem());
        Files.writeString(dir.resolve("client.key"), client.keyPem());
        assertThat(asked(kubeconfig(trusted(), "client-certificate: client.pem, client-key: client.key"))
                        .status())
                .isEqualTo(200);
        assertThat(asked(kubeconfig(trusted(), "")).status()).as("without one").isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "token: t | Bearer t",
                "token: t, tokenFile: token | Bearer of-the-file",
                "username: u, password: p, token: t | Basic dTpw",
                "username: u |",
                "token: t, exec: {command: no-such-plugin} | Bearer t",
                "auth-provider: {name: gcp, config: {access-token: a, id-token: i}} | Bearer a",
                "auth-provider: {name: oidc, config: {id-token: i}} | Bearer i",
            })
    void as_whom_is_asked(String user, @Nullable String header) throws Exception {
        Files.writeString(dir.resolve("token"), "of-the-file\n");
        assertThat(asked(kubeconfig(trusted(), user)).status()).isEqualTo(200);
        assertThat(served().authorization()).isEqualTo(header);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auth-provider: {name: oidc} | names the auth-provider 'oidc', which has left no token there (expected: a"
                        + " credential plugin, as in exec: {command: ...})",
                "exec: {apiVersion: v1} | credential plugin '' of the kubeconfig gave no credentials; run it by hand to"
                        + " see why (the kubeconfig names no command)",
                "tokenFile: missing | cannot read the token file DIR/missing",
                "tokenFile: empty | the token file DIR/empty is empty (expected: a token)",
                "client-certificate: missing, client-key: missing | cannot read DIR/missing, which kubeconfig DIR/config"
                        + " names",
                "client-certificate-data: '?', client-key-data: YQ== | kubeconfig DIR/config has certificate data that is"
                        + " no Base64 (expected: PEM in Base64)",
                "client-certificate-data: YQ== | kubeconfig DIR/config has a client certificate without its key (expected: both)",
                "token: \"two\\nlines\" | the token has characters that no header can carry (expected: as RFC 6750 says, letters,"
                        + " digits and - . _ ~ + / = alone, on one line)",
                "client-certificate-data: YQ==, client-key-data: YQ== | TLS as kubeconfig DIR/config says: there is no"
                        + " certificate (expected: -----BEGIN CERTIFICATE-----)",
            })
    void who_cannot_be_shown_is_not_left_out_but_refused_in_words(String user, String why) throws Exception {
        Files.writeString(dir.resolve("empty"), "\n");
        assertThat(asked(kubeconfig(trusted(), user)).failure()).contains(why.replace("DIR", dir.toString()));
        assertThat(served().authorization()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | has no server for the cluster 'near' (expected: as in https://10.0.0.1:6443)",
                "'server: \"https://x\", proxy-url: \"socks5://p:1080\"' | has a proxy-url that cannot be used (expected: as"
                        + " in http://proxy.example:3128; the JDK's client knows no SOCKS, and no TLS to a proxy)",
                "'server: \"https://x\", proxy-url: \"http://u:p@p:1080\"' | has a proxy-url with user and password, which this JDK"
                        + " sends to no proxy of an https server (expected: a proxy without them, or"
                        + " -Djdk.http.auth.tunneling.disabledSchemes= on the command line)",
                "'server: \"https://x\", proxy-url: \"p:1 080\"' | has a proxy-url that cannot be used",
            })
    void a_cluster_that_cannot_be_reached_so_is_refused_in_words(String cluster, String why) throws IOException {
        Access.Kubeconfig access = kubeconfig(cluster, "");
        assertThatThrownBy(() -> AccessReader.of(access, command -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("kubeconfig " + dir.resolve("config"))
                .hasMessageContaining(why);
    }

    @Test
    void a_context_whose_cluster_is_missing_is_refused_in_words() throws IOException {
        Path file = Files.writeString(
                dir.resolve("config"), "current-context: here\ncontexts: [{name: here, context: {cluster: far}}]\n");
        assertThatThrownBy(() -> AccessReader.of(new Access.Kubeconfig(List.of(file)), command -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("kubeconfig [" + file + "] has no cluster 'far', which its current context names (expected:"
                        + " one of its clusters)");
    }

    @Test
    void a_context_whose_user_is_missing_is_refused_in_words() throws IOException {
        Path file = Files.writeString(dir.resolve("config"), """
                current-context: here
                contexts: [{name: here, context: {cluster: near, user: far}}]
                clusters: [{name: near, cluster: {server: "https://x"}}]
                """);
        assertThatThrownBy(() -> AccessReader.of(new Access.Kubeconfig(List.of(file)), command -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("kubeconfig [" + file
                        + "] has no user 'far', whom its current context names (expected: one of" + " its users)");
    }

    @Test
    void a_token_in_a_block_of_YAML_is_taken_without_its_line_break_and_no_text_quotes_one() throws Exception {
        assertThat(asked(kubeconfig(trusted(), "token: \"t\\n\"")).status()).isEqualTo(200);
        assertThat(served().authorization()).isEqualTo("Bearer t");
        assertThat(asked(kubeconfig(trusted(), "token: \"secret\\nlines\"")).failure())
                .doesNotContain("secret");
    }

    @Test
    void a_client_certificate_may_come_with_more_than_its_own_chain() throws Exception {
        TestIdentity client = TestIdentity.of(dir, "client", "dns:client");
        served().close();
        server = new ServedOverTls(identity(), client, 0);
        String bundle = client.certificatePem() + identity().certificatePem();
        String user = "client-certificate-data: " + base64(bundle) + ", client-key-data: " + base64(client.keyPem());
        assertThat(asked(kubeconfig(trusted(), user)).status()).isEqualTo(200);
        assertThat(served().client()).isEqualTo("CN=client");
    }

    @Test
    void user_and_password_in_an_address_are_in_no_text() throws IOException {
        try (ApiClient api = new ApiClient(new Access.Url("http://somebody:secret@127.0.0.1:1/"))) {
            assertThat(api.url()).isEqualTo("http://127.0.0.1:1/");
        }
    }

    @Test
    void requests_go_through_the_proxy_that_is_named_as_whom_its_address_says() throws Exception {
        AtomicReference<@Nullable String> asked = new AtomicReference<>();
        HttpServer proxy =
                HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        proxy.createContext("/", exchange -> {
            asked.set(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        proxy.start();
        try {
            String cluster = "server: \"http://api.invalid:8080\", proxy-url: \"http://u:p@127.0.0.1:"
                    + proxy.getAddress().getPort() + "\"";
            assertThat(asked(kubeconfig(cluster, "")).status()).isEqualTo(200);
            assertThat(asked.get()).isEqualTo("http://api.invalid:8080/api Basic dTpw");
        } finally {
            proxy.stop(0);
        }
    }
}
