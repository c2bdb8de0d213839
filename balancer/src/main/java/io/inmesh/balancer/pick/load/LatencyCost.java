package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickerFactory;
import java.time.Duration;

/**
 * Smoothed latency times the requests there would be with this one.
 *
 * <p>What is not known yet is estimated, and that estimate fades as every other does: an endpoint that is never asked would never be known.
 */
final class LatencyCost implements Load {
    /** As fast as estimates of latency are forgotten. */
    private static final double TAU_NANOS = Duration.ofSeconds(10).toNanos();

    private final long since;
    private final boolean nothingKnown;

    /** What an unknown endpoint counts as, before it fades. Lowered by any thread, of which one may be lost: the next look lowers it again. */
    private double unknown;

    private LatencyCost(double unknown, boolean nothingKnown, long since) {
        this.unknown = unknown;
        this.nothingKnown = nothingKnown;
        this.since = since;
    }

    /** For these endpoints: an unknown one counts as the median of the known, or, if there are none, as the default until one is. */
    static LatencyCost over(PickerFactory.Input input, Duration defaultRtt) {
        long now = input.clock().nanoTime();
        double[] known = input.endpoints().stream()
                .mapToDouble(endpoint -> endpoint.latencyNanos(now))
                .filter(latency -> !Double.isNaN(latency))
                .sorted()
                .toArray();
        return known.length == 0
                ? new LatencyCost(defaultRtt.toNanos(), true, now)
                : new LatencyCost(known[known.length / 2], false, now);
    }

    @Override
    public double of(EndpointView endpoint, long now) {
        double latency = endpoint.latencyNanos(now);
        if (Double.isNaN(latency)) {
            latency = unknown * Math.exp(-Math.max(0, now - since) / TAU_NANOS);
        } else if (nothingKnown && latency < unknown) {
            unknown = latency;
        }
        return latency * (endpoint.inFlight() + 1.0);
    }
}
