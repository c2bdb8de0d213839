package io.inmesh.balancer.state;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The weight that an endpoint's own reports come to (gRFC A58, A114): requests a second for each unit of utilization, so that an endpoint which
 * does the same work with less effort gets more. Errors count as effort.
 *
 * <p>A weight is believed once reports have come for a while ({@code blackout}), and no longer when none has come for long ({@code
 * expiration}).
 *
 * <p>Threads: any. What is known is one reference to an immutable value; of reports that come at once one may be lost, for the others say the
 * same.
 */
public final class ReportedWeight {
    /** A weight is brought into this range of the mean, as grpc-java does. */
    private static final double LEAST_OF_MEAN = 0.1;

    private static final double MOST_OF_MEAN = 10;

    /** With one usable report alone there is nothing to compare. */
    private static final int FEWEST_USABLE = 2;

    private final Settings settings;

    /** What is known, or null before the first usable report and after {@link #restart}. */
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

    private record Known(double weight, long sinceNanos, long lastNanos) {}

    /**
     * How reports are read.
     *
     * @param blackout how long reports must have come before they count
     * @param expiration after how long without a report the weight is forgotten
     * @param errorPenalty what an error a second for each request a second adds to utilization, 0 or more
     * @param metrics names of utilizations to read before the application's own, may be empty
     */
    public record Settings(Duration blackout, Duration expiration, double errorPenalty, List<String> metrics) {
        /** The defaults of gRFC A58. */
        public static final Settings DEFAULT =
                new Settings(Duration.ofSeconds(10), Duration.ofSeconds(180), 1, List.of());

        /** Copies the names. */
        public Settings {
            metrics = List.copyOf(metrics);
            if (!(errorPenalty >= 0)) {
                throw new IllegalArgumentException("error-penalty: " + errorPenalty + " (expected: 0 or more)");
            }
        }
    }

    /** Nothing known yet. */
    public ReportedWeight(Settings settings) {
        this.settings = settings;
    }

    /** Takes a report in; one without requests or utilization says nothing. */
    public void report(LoadReport report, long nowNanos) {
        double weight = weightOf(report, settings);
        if (weight > 0) {
            Known before = known.get();
            long since = before == null || isExpired(before, nowNanos) ? nowNanos : before.sinceNanos;
            known.set(new Known(weight, since, nowNanos));
        }
    }

    /** The endpoint was away and is back: what it said before does not count. */
    public void restart() {
        known.set(null);
    }

    /** The weight, or NaN while none can be believed. */
    public double read(long nowNanos) {
        Known now = known.get();
        if (now == null || isExpired(now, nowNanos) || nowNanos - now.sinceNanos < settings.blackout.toNanos()) {
            return Double.NaN;
        }
        return now.weight;
    }

    private boolean isExpired(Known held, long nowNanos) {
        return nowNanos - held.lastNanos >= settings.expiration.toNanos();
    }

    /** Requests a second for each unit of utilization, or 0 if the report does not say. */
    static double weightOf(LoadReport report, Settings settings) {
        double utilization = utilizationOf(report, settings.metrics);
        double requests = report.requestsPerSecond();
        if (!(requests > 0) || !(utilization > 0)) {
            return 0;
        }
        double errors = report.errorsPerSecond() > 0 ? report.errorsPerSecond() / requests : 0;
        return requests / (utilization + errors * settings.errorPenalty);
    }

    private static double utilizationOf(LoadReport report, List<String> metrics) {
        double named = metrics.stream()
                .mapToDouble(metric -> report.utilizations().getOrDefault(metric, 0.0))
                .filter(utilization -> utilization > 0)
                .max()
                .orElse(0);
        if (named > 0) {
            return named;
        }
        return report.applicationUtilization() > 0 ? report.applicationUtilization() : report.cpuUtilization();
    }

    /**
     * The weights to balance by: an endpoint without one has the mean of the others, all are within a tenth and ten times the mean; with fewer
     * than two known, everybody's is 1.
     *
     * @param reported what {@link #read} gives for each endpoint
     */
    public static double[] together(double[] reported) {
        double[] usable = Arrays.stream(reported).filter(weight -> weight > 0).toArray();
        double[] weights = new double[reported.length];
        if (usable.length < FEWEST_USABLE) {
            Arrays.fill(weights, 1);
            return weights;
        }
        double mean = Arrays.stream(usable).average().orElseThrow();
        for (int i = 0; i < weights.length; i++) {
            double weight = reported[i] > 0 ? reported[i] : mean;
            weights[i] = Math.min(MOST_OF_MEAN * mean, Math.max(LEAST_OF_MEAN * mean, weight));
        }
        return weights;
    }
}
