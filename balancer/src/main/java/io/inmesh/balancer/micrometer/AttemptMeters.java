package io.inmesh.balancer.micrometer;

import io.inmesh.api.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * What is counted of attempts under one policy, or on one endpoint.
 *
 * <p>Threads: any.
 */
final class AttemptMeters {
    private final MetersByValue<OutcomeTag, Counter> counts;
    private final MetersByValue<OutcomeTag, Timer> times;

    /**
     * Meters {@code PREFIX.attempts} and {@code PREFIX.latency}.
     *
     * @param what for people: where the attempts went
     */
    AttemptMeters(Registrations home, String prefix, String what, Tags tags) {
        counts = new MetersByValue<>(
                home,
                OutcomeTag.class,
                outcome -> registry -> Counter.builder(prefix + ".attempts")
                        .description("Requests sent to " + what + " and ended, each repeat counted")
                        .baseUnit("attempts")
                        .tags(tags)
                        .tag("outcome", outcome.text())
                        .register(registry));
        times = new MetersByValue<>(
                home,
                OutcomeTag.class,
                outcome -> registry -> Timer.builder(prefix + ".latency")
                        .description("Time to the beginning of the answer from " + what + ", where it is measured")
                        .tags(tags)
                        .tag("outcome", outcome.text())
                        .register(registry));
    }

    void completed(Outcome outcome, long latencyNanos) {
        OutcomeTag tag = OutcomeTag.of(outcome);
        Counter count = counts.get(tag);
        if (count != null) {
            count.increment();
        }
        Timer time = latencyNanos < 0 ? null : times.get(tag);
        if (time != null) {
            time.record(latencyNanos, TimeUnit.NANOSECONDS);
        }
    }
}
