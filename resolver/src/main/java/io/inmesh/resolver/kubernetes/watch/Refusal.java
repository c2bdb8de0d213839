package io.inmesh.resolver.kubernetes.watch;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.kubernetes.object.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that brought nothing: another status than 200, an ERROR event, or no answer at all.
 *
 * @param status the status, or {@link #NO_ANSWER}
 * @param message what the Status object says, empty if there is none
 * @param retryAfter how long the server wants to be spared (rule W-10), or null
 * @param versionTooLarge the server has not reached the version that was asked for (rule W-6)
 * @param error what ended the exchange, or null
 */
record Refusal(
        int status,
        String message,
        @Nullable Duration retryAfter,
        boolean versionTooLarge,
        @Nullable Throwable error) {
    static final int NO_ANSWER = 0;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_OLD = 410;
    private static final int TIMEOUT = 504;
    private static final Duration VERSION_RETRY = Duration.ofSeconds(1); // W-6
    private static final int MOST_DIGITS = 9; // Of seconds: more than thirty years.

    /** There was no answer, or it was cut off. */
    static Refusal noAnswer(@Nullable Throwable error) {
        return new Refusal(NO_ANSWER, "", null, false, error);
    }

    /** What a Status object says, be it the body of an answer or the object of an ERROR event. */
    static Refusal of(int status, JsonNode said, @Nullable String retryAfterHeader, @Nullable Throwable error) {
        JsonNode details = said.path("details");
        boolean tooLarge = false;
        for (JsonNode cause : details.path("causes")) {
            tooLarge |= status == TIMEOUT && "ResourceVersionTooLarge".equals(Json.text(cause, "reason"));
        }
        Duration header = seconds(retryAfterHeader);
        Duration body = seconds(details.path("retryAfterSeconds").asText());
        Duration retryAfter = header != null ? header : body != null || !tooLarge ? body : VERSION_RETRY;
        return new Refusal(
                status, Json.text(said, "message", Json.text(said, "reason", "")), retryAfter, tooLarge, error);
    }

    /** The version that was asked for has been forgotten (rule W-5). */
    boolean isTooOld() {
        return status == TOO_OLD;
    }

    /** Who this client is may not do that. */
    boolean isForbidden() {
        return status == FORBIDDEN;
    }

    /** The credentials were not accepted. */
    boolean isUnauthorized() {
        return status == UNAUTHORIZED;
    }

    /** The request was not understood; the version in it may be the reason. */
    boolean isMalformed() {
        return status == 400 || status == 422;
    }

    /** Seconds; the other form, a date, Kubernetes does not send. */
    private static @Nullable Duration seconds(@Nullable String retryAfter) {
        boolean number = retryAfter != null
                && !retryAfter.isEmpty()
                && retryAfter.length() <= MOST_DIGITS
                && retryAfter.chars().allMatch(c -> c >= '0' && c <= '9');
        Duration asked = number ? Duration.ofSeconds(Long.parseLong(retryAfter)) : Duration.ZERO;
        return asked.isZero() ? null : asked;
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

        Refusal of(int status, @Nullable String retryAfterHeader, @Nullable Throwable error) {
            return Refusal.of(status, WatchEvents.status(bytes.toByteArray()), retryAfterHeader, error);
        }
    }
}
