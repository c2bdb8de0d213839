package io.inmesh.resolver.kubernetes.watch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that brought nothing: another status than 200, or no answer at all.
 *
 * @param status the status, or {@link #NO_ANSWER}
 * @param message what the Status object in the body says, empty if there is none
 * @param retryAfter how long the server wants to be spared (rule W-10), or null
 * @param error what ended the exchange, or null
 */
public record Refusal(
        int status,
        String message,
        @Nullable Duration retryAfter,
        @Nullable Throwable error) {
    static final int NO_ANSWER = 0;

    /** Seconds; the other form, a date, Kubernetes does not send. */
    static @Nullable Duration seconds(@Nullable String retryAfter) {
        boolean number = retryAfter != null
                && !retryAfter.isEmpty()
                && retryAfter.length() <= 9
                && retryAfter.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Duration.ofSeconds(Long.parseLong(retryAfter)) : null;
    }

    /** Collects the body of a refusal: a Status object is short, and more than that is not read. */
    static final class Body {
        private static final int MOST = 64 * 1024;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void add(ByteBuffer piece) {
            byte[] taken = new byte[Math.min(piece.remaining(), MOST - bytes.size())];
            piece.get(taken);
            bytes.writeBytes(taken);
        }

        String message() {
            return WatchEvents.statusText(bytes.toByteArray());
        }
    }
}
