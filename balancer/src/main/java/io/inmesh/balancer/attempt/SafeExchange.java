package io.inmesh.balancer.attempt;

import io.inmesh.api.Target;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exchange where something has ended or failed already, so that whatever it throws must stop nothing.
 *
 * <p>Threads: as the exchange.
 */
final class SafeExchange<T> {
    private static final Logger log = LoggerFactory.getLogger(SafeExchange.class);

    private final AsyncExchange<T> exchange;
    private final Target target;

    SafeExchange(AsyncExchange<T> exchange, Target target) {
        this.exchange = exchange;
        this.target = target;
    }

    /** What an attempt without an answer failed with; that it has neither is a mistake. */
    Throwable causeOf(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause != null
                ? cause
                : new NullPointerException(exchange + " answered null (expected: an answer, or an error)");
    }

    /** The exchange's error for that, or what it threw instead. */
    Throwable failure(Exception reason) {
        try {
            return exchange.failure(reason);
        } catch (RuntimeException | Error e) {
            e.addSuppressed(reason);
            return e;
        }
    }

    /** An answer that nobody can read because something else has failed, which the caller is to hear of first. */
    void discard(@Nullable T answer, Throwable failed) {
        if (answer == null) {
            return;
        }
        try {
            exchange.discard(answer);
        } catch (RuntimeException | Error e) {
            failed.addSuppressed(e);
        }
    }

    /** Takes back what is still under way. */
    void giveUp(Attempt<T> attempt) {
        try {
            attempt.giveUp();
        } catch (RuntimeException | Error e) {
            log.warn("{}: {} failed to take an attempt back", target, exchange, e);
        }
    }
}
