package io.inmesh.balancer.attempt;

import io.inmesh.api.Outcome;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an HTTP server says of when to come back: the header {@code Retry-After} (RFC 9110, section 10.2.3). */
public final class RetryAfter {
    /** A larger number of seconds is no wait that anyone meant, and would not fit into a duration's nanoseconds. */
    private static final long MOST_SECONDS = Duration.ofDays(365).toSeconds();

    private RetryAfter() {}

    /**
     * Reads it. A date is held against the server's own {@code Date}, so that clocks that differ do no harm; without that it says nothing.
     *
     * @param retryAfter the header's value, or null if the answer has none
     * @param date the value of the answer's header {@code Date}, or null
     * @return zero or more; empty if nothing is said, or nothing that can be read
     */
    public static Optional<Duration> of(@Nullable String retryAfter, @Nullable String date) {
        if (retryAfter == null || retryAfter.isBlank()) {
            return Optional.empty();
        }
        String text = retryAfter.trim();
        if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            // More digits than a long has are more than anyone waits as well.
            long seconds = text.length() > 10 ? MOST_SECONDS : Math.min(MOST_SECONDS, Long.parseLong(text));
            return Optional.of(Duration.ofSeconds(seconds));
        }
        Instant then = instant(text);
        Instant sent = date == null ? null : instant(date.trim());
        if (then == null || sent == null) {
            return Optional.empty();
        }
        return Optional.of(then.isBefore(sent) ? Duration.ZERO : Duration.between(sent, then));
    }

    /** The outcome with that wish, if it is one that can carry it: an overload or a failure. */
    public static Outcome applied(Outcome outcome, Optional<Duration> retryAfter) {
        Duration wish = retryAfter.orElse(null);
        if (wish == null) {
            return outcome;
        }
        if (outcome instanceof Outcome.Overloaded) {
            return new Outcome.Overloaded(wish);
        }
        return outcome instanceof Outcome.Failure failure
                ? new Outcome.Failure(failure.origin(), failure.delivery(), wish)
                : outcome;
    }

    private static @Nullable Instant instant(String httpDate) {
        try {
            return ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
                    .toInstant();
        } catch (DateTimeException e) {
            return null; // No date; whoever wrote it is not ours to correct.
        }
    }
}
