package io.inmesh.balancer.engine;

import io.inmesh.api.Outcome;
import io.inmesh.api.OutcomeClassifier;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's classifier that cannot break a call, whose end it is asked about, nor a connection, on whose thread it is asked: its first failure is
 * logged, and where it fails the standard one decides.
 */
final class SafeClassifier implements OutcomeClassifier {
    private static final Logger log = LoggerFactory.getLogger(SafeClassifier.class);

    private final OutcomeClassifier classifier;
    private final AtomicBoolean failed = new AtomicBoolean();

    private SafeClassifier(OutcomeClassifier classifier) {
        this.classifier = classifier;
    }

    /** The classifier made safe. */
    static OutcomeClassifier of(OutcomeClassifier classifier) {
        return classifier.equals(OutcomeClassifier.standard()) ? classifier : new SafeClassifier(classifier);
    }

    @Override
    public Outcome classify(Wire wire, int code, @Nullable Throwable error, Outcome.Delivery delivery) {
        try {
            return classifier.classify(wire, code, error, delivery);
        } catch (RuntimeException | LinkageError e) {
            if (failed.compareAndSet(false, true)) {
                log.warn(
                        "classifier {} failed at {} with code {}; the standard one decides there, and further failures are not logged",
                        classifier,
                        wire,
                        code,
                        e);
            }
            return OutcomeClassifier.standard().classify(wire, code, error, delivery);
        }
    }
}
