package io.inmesh.spring.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

/** A key of the services orders.shop and orders, made once, and the two sides of it. */
final class Certificates {
    private static final String PASSWORD = "changeit";
    private static final KeyStore KEYS = make();

    /** The caller's side, with the JVM's protocols and ciphers. */
    static final SslBundle TRUSTING = trusting(SslOptions.NONE);

    private Certificates() {}

    private static KeyStore make() {
        try {
            Path directory = Files.createTempDirectory("inmesh-keys");
            Path file = directory.resolve("orders.p12");
            try {
                runKeytool(file);
                KeyStore store = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(file)) {
                    store.load(in, PASSWORD.toCharArray());
                }
                return store;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void runKeytool(Path file) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "pod",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=orders.shop",
                        "-ext",
                        "san=dns:orders.shop,dns:orders",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
    }

    /** The pod's side. */
    static SSLContext serving() throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(KEYS, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(factory.getKeyManagers(), null, null);
        return tls;
    }

    /** The same with others. */
    static SslBundle trusting(SslOptions options) {
        return SslBundle.of(SslStoreBundle.of(null, null, KEYS), SslBundleKey.NONE, options);
    }
}
