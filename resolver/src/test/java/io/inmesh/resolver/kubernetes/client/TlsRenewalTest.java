package io.inmesh.resolver.kubernetes.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.inmesh.api.testing.FakeClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** the certificate authority of a pod is replaced while the process runs. Time stands still: a refusal is reason enough to look. */
class TlsRenewalTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path dir;
    private @Nullable HttpsServer server;
    private @Nullable String authorization; // Written by the server's thread before it answers, read after that.

    TlsRenewalTest(@TempDir Path dir) {
        this.dir = dir;
    }

    @AfterEach
    void stop() {
        HttpsServer running = server;
        if (running != null) {
            running.stop(0);
        }
    }

    private KeyStore authority(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = dir.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-ext",
                        "BC=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(1, TimeUnit.MINUTES)).as(said).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private void trust(KeyStore authority) throws GeneralSecurityException, IOException {
        Certificate certificate = authority.getCertificate("server");
        Files.writeString(
                dir.resolve("ca.crt"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    private int serve(KeyStore authority, int port) throws IOException, GeneralSecurityException {
        stop();
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(authority, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpsServer started = HttpsServer.create(new InetSocketAddress(loopback, port), 0);
        started.setHttpsConfigurator(new HttpsConfigurator(context));
        started.createContext("/", exchange -> {
            authorization = exchange.getRequestHeaders().getFirst("Authorization");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        started.start();
        server = started;
        return started.getAddress().getPort();
    }

    @Test
    void a_new_certificate_authority_is_taken_up_as_soon_as_the_server_is_not_trusted_R1_R2() throws Exception {
        KeyStore old = authority("old");
        KeyStore next = authority("next");
        trust(old);
        Files.writeString(dir.resolve("token"), "first\n");
        int port = serve(old, 0);
        try (FabricApi api =
                new FabricApi(new Access.InPod("127.0.0.1", Integer.toString(port), dir), new FakeClock())) {
            assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
            assertThat(authorization).isEqualTo("Bearer first");
            Files.writeString(dir.resolve("token"), "second\n");
            assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
            assertThat(authorization).as("read for every request").isEqualTo("Bearer second");
            serve(next, port);
            Answered untrusted = Answered.to(api, "/").awaitEnd();
            while (untrusted.failure().contains("header parser")
                    || untrusted.failure().contains("EOF")) {
                untrusted = Answered.to(api, "/").awaitEnd(); // The old connection, closed under the request.
            }
            assertThat(untrusted.failure()).contains("SSL");
            trust(next);
            assertThat(Answered.to(api, "/").awaitEnd().status()).isEqualTo(200);
        }
    }
}
