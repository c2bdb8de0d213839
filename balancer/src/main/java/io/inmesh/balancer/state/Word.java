package io.inmesh.balancer.state;

import io.inmesh.api.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one source says of an endpoint's health: outlier detection, an active check, a circuit breaker. Of several sources the worst word holds.
 *
 * @param verdict what people are told
 * @param trial who admits requests and hears how they end; given for {@link Verdict.Kind#TRIAL} and for nothing else
 * @param howLong how long it is out, as far as is known; zero if it is not, or if nobody knows
 */
public record Word(Verdict verdict, @Nullable Trial trial, Duration howLong) {

    /** Nothing speaks against it. */
    public static final Word HEALTHY = new Word(Verdict.HEALTHY, null, Duration.ZERO);

    /** A trial needs somebody who counts it. */
    public Word {
        if ((trial != null) != (verdict.kind() == Verdict.Kind.TRIAL)) {
            throw new IllegalArgumentException(
                    "trial: " + trial + " (expected: one for verdict TRIAL, none for " + verdict.kind() + ")");
        }
    }

    /**
     * It gets no requests.
     *
     * @param why the source's name, its rule and the figures
     * @param howLong until it is asked again; zero if that depends on something else than time
     */
    public static Word out(String why, Duration howLong) {
        return new Word(new Verdict(Verdict.Kind.EJECTED, why), null, howLong);
    }

    /**
     * It gets as many requests at a time as the trial has room for.
     *
     * @param why the source's name, and what it waits for
     */
    public static Word onTrial(Trial trial, String why) {
        return new Word(new Verdict(Verdict.Kind.TRIAL, why), trial, Duration.ZERO);
    }

    /** True if nothing speaks against it. */
    public boolean isHealthy() {
        return verdict.kind() == Verdict.Kind.HEALTHY;
    }

    /** True if it gets no requests. */
    public boolean isOut() {
        return verdict.kind() == Verdict.Kind.EJECTED || verdict.kind() == Verdict.Kind.UNREACHABLE;
    }

    /** What two sources together say: the worse word; of two trials both, so that each hears how they end. */
    public Word and(Word other) {
        int order = verdict.kind().compareTo(other.verdict.kind());
        if (order != 0 || isHealthy()) {
            return order < 0 ? other : this;
        }
        String why = verdict.why() + "; " + other.verdict.why();
        Duration longer = howLong.compareTo(other.howLong) < 0 ? other.howLong : howLong;
        Trial both = trial == null || other.trial == null ? null : trial.and(other.trial);
        return new Word(new Verdict(verdict.kind(), why), both, longer);
    }
}
