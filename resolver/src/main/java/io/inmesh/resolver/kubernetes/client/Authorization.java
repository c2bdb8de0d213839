package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * As whom a request is sent, said anew for each.
 *
 * <p>Threads: any; may wait for a file or for a credential plugin.
 */
@FunctionalInterface
interface Authorization {
    /** Nobody, or whoever a client certificate says. */
    Authorization NONE = () -> null;

    /**
     * The header's value, null for none.
     *
     * @throws NoCredentialsException if it is not to be had
     */
    @Nullable
    String header();

    /**
     * As the bearer of that token; null for no token.
     *
     * @throws NoCredentialsException if no header can carry it, without a word of what is in it
     */
    static @Nullable String bearer(@Nullable String token) {
        if (token != null && !token.chars().allMatch(each -> each > ' ' && each <= '~')) {
            throw new NoCredentialsException(
                    "the token has characters that no header can carry (expected: as RFC 6750 says,"
                            + " letters, digits and - . _ ~ + / = alone, on one line)");
        }
        return token == null ? null : "Bearer " + token;
    }

    /** The token of a file that is replaced while the process runs: read by path for every request (rule R-2). */
    static Authorization ofTokenFile(Path file) {
        return () -> {
            String token;
            try {
                token = Files.readString(file).trim();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the token file " + file, e);
            }
            if (token.isEmpty()) {
                throw new NoCredentialsException("the token file " + file + " is empty (expected: a token)");
            }
            return bearer(token);
        };
    }

    static Authorization ofToken(String token) {
        return () -> bearer(token.strip());
    }

    /** RFC 7617. */
    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
