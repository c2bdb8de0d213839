package io.inmesh.resolver.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What goes wrong with a request. */
public sealed interface Fault {

    /**
     * The request is answered with a Status object of that code.
     *
     * @param status HTTP status, 400..599
     * @param reason reason in the Status object
     * @param message message in the Status object
     * @param retryAfter when to come again, in whole seconds, or null to say nothing of it
     */
    record Answer(
            int status,
            String reason,
            String message,
            @Nullable Duration retryAfter) implements Fault {
        /** Checks the status. */
        public Answer {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(message, "message");
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("status: " + status + " (expected: 400..599, a failure)");
            }
        }

        ApiRefusal refusal() {
            ApiRefusal refusal = ApiRefusal.of(status, reason, message);
            return retryAfter == null ? refusal : refusal.retryAfter(retryAfter.toSeconds());
        }
    }

    /**
     * The watch is answered with 200 and an ERROR event, then it ends (rules W-5 and W-10).
     *
     * @param answer what the event's Status says
     */
    record InStream(Answer answer) implements Fault {}

    /**
     * The request is answered with what another server once answered, whatever was asked.
     *
     * @param status HTTP status
     * @param headers headers beyond those of type and length; {@code Transfer-Encoding: chunked} among them makes it a stream that ends
     *     behind the last line
     * @param lines the lines of the body
     */
    record Recorded(int status, Map<String, String> headers, List<String> lines) implements Fault {
        /** Freezes both. */
        public Recorded {
            headers = Map.copyOf(headers);
            lines = List.copyOf(lines);
        }

        boolean isStream() {
            return headers.keySet().stream().anyMatch("Transfer-Encoding"::equalsIgnoreCase);
        }
    }

    /** The request is read and never answered. */
    record Hang() implements Fault {}

    /** The connection is broken without an answer. */
    record Disconnect() implements Fault {}

    /** The watch opens and stays silent, as behind a connection that is half open (rule W-13). */
    record Silence() implements Fault {}

    /**
     * The request is answered as usual, later.
     *
     * @param by how much later, on the server's scheduler
     */
    record Delay(Duration by) implements Fault {
        /** Checks the delay. */
        public Delay {
            if (by.isNegative()) {
                throw new IllegalArgumentException("by: " + by + " (expected: zero or longer)");
            }
        }
    }

    /** Answers 401, 403, 404, 409, 410, 429, 500, 503, 504 in the real server's words, others with a general text. */
    static Answer status(int status) {
        return switch (status) {
            case 401 -> new Answer(401, "Unauthorized", "Unauthorized", null);
            case 403 -> new Answer(403, "Forbidden", "forbidden: no rule allows the request", null);
            case 404 -> new Answer(404, "NotFound", "the server could not find the requested resource", null);
            case 410 -> new Answer(410, "Expired", "The resourceVersion for the provided watch is too old.", null);
            case 429 -> new Answer(429, "TooManyRequests", "Too many requests, please try again later.", null);
            case 500 -> new Answer(500, "InternalError", "Internal error occurred: as scripted", null);
            case 503 -> new Answer(503, "ServiceUnavailable", "apiserver not ready", null);
            case 504 ->
                new Answer(504, "Timeout", "Timeout: request did not complete within the allotted timeout", null);
            default -> new Answer(status, "Unknown", "answered with " + status + " as scripted", null);
        };
    }

    /** The same with a {@code Retry-After}. */
    static Answer status(int status, Duration retryAfter) {
        Answer answer = status(status);
        return new Answer(status, answer.reason(), answer.message(), retryAfter);
    }

    /** The watch is answered with 200 and an ERROR event of that code. */
    static Fault inStream(int status) {
        return new InStream(status(status));
    }

    /** Answered with what another server once answered. */
    static Fault recorded(int status, Map<String, String> headers, List<String> lines) {
        return new Recorded(status, headers, lines);
    }

    /** Never answered. */
    static Fault hang() {
        return new Hang();
    }

    /** Broken without an answer. */
    static Fault disconnect() {
        return new Disconnect();
    }

    /** Opened and silent. */
    static Fault silence() {
        return new Silence();
    }

    /** Answered that much later. */
    static Fault delay(Duration by) {
        return new Delay(by);
    }
}
