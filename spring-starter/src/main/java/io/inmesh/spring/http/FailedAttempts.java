package io.inmesh.spring.http;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.OutcomeClassifier.Wire;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The failed attempts of one request: what its caller is told of them, and what they say of their endpoints.
 *
 * <p>Threads: any; an attempt's outcome is put here before its error is thrown, and read after.
 */
public final class FailedAttempts {
    private final String host;
    private final OutcomeClassifier classifier;

    /** What the attempt before came to, if it failed without an answer. Written and read by one attempt after the other. */
    private volatile @Nullable Throwable before;

    private final Map<Throwable, Outcome> outcomes = new ConcurrentHashMap<>();

    public FailedAttempts(String host, OutcomeClassifier classifier) {
        this.host = host;
        this.classifier = classifier;
    }

    /**
     * What the caller is told of an attempt's error: the body's own, if that is what failed.
     *
     * @param repeatable whether the request's body can be written again
     */
    public Throwable told(Endpoint endpoint, Throwable error, Sending sending, boolean repeatable) {
        Throwable written = sending.bodyFailure();
        if (written != null && Failures.isCausedBy(error, written)) {
            // The request itself could not be written: no endpoint can help.
            Throwable told = written instanceof RuntimeException ? written : error;
            Throwable first = before;
            if (first != null) {
                // A body that is there only once, found out when it was asked for again: what matters is why it was.
                first.addSuppressed(told);
                told = first;
            }
            outcomes.put(told, Outcome.CANCELLED);
            return told;
        }
        IOException told = Failures.told(error, host, endpoint);
        outcomes.put(
                told,
                error instanceof Destination.Refused
                        ? Outcome.CANCELLED
                        : classifier.classify(
                                Wire.HTTP,
                                OutcomeClassifier.NO_CODE,
                                Failures.classified(told),
                                sending.delivery(repeatable)));
        before = told;
        return told;
    }

    /** What an error says that a caller is told. */
    public Outcome outcomeOf(Throwable told) {
        return Objects.requireNonNull(outcomes.get(told), "an attempt's own error");
    }
}
