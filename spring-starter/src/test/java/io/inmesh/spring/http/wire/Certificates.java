package io.inmesh.spring.http.wire;

import io.inmesh.spring.PodKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

/** A key of the services orders.shop and orders, made once, and the two sides of it. */
final class Certificates {
    private static final KeyStore KEYS = make();

    /** The caller's side, with the JVM's protocols and ciphers. */
    static final SslBundle TRUSTING = trusting(SslOptions.NONE);

    private Certificates() {}

    private static KeyStore make() {
        try {
            Path directory = Files.createTempDirectory("inmesh-keys");
            Path file = directory.resolve("orders.p12");
            try {
                PodKeys.make(file, "orders.shop", "orders");
                return PodKeys.read(file);
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

    /** The pod's side. */
    static SSLContext serving() throws GeneralSecurityException {
        return PodKeys.serving(KEYS);
    }

    /** The same with others. */
    static SslBundle trusting(SslOptions options) {
        return SslBundle.of(SslStoreBundle.of(null, null, KEYS), SslBundleKey.NONE, options);
    }
}
