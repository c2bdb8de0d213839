package io.inmesh.resolver.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes kubeconfig files. */
final class Kubeconfig {
    private static final String TEMPLATE = """
            apiVersion: v1
            kind: Config
            current-context: scripted
            clusters:
            - name: scripted
              cluster:
                server: %s
            contexts:
            - name: scripted
              context:
                cluster: scripted
                user: client
                namespace: %s
            users:
            - name: client
              user: %s
            """;

    private Kubeconfig() {}

    static void write(Path file, URI server, String namespace, @Nullable String token) {
        String user = token == null ? "{}" : "{token: \"" + token + "\"}";
        try {
            Files.writeString(file, TEMPLATE.formatted(server, namespace, user));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kubeconfig " + file, e);
        }
    }
}
