package io.inmesh.balancer.grpc.orca;

import io.grpc.services.CallMetricRecorder;
import io.grpc.services.MetricReport;
import io.inmesh.api.LoadReport;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Between ORCA's reports and ours. Utilizations keep their names, memory is {@code mem}, named metrics stand behind {@code named_metrics.}; what
 * ORCA has no field for, requests in flight and what one takes, are named metrics of our own.
 */
final class OrcaMetrics {
    /** Requests that the server has, of all clients. */
    static final String IN_FLIGHT = "inmesh.in_flight";

    /** What a request takes there at about that many, in seconds. */
    static final String LATENCY = "inmesh.latency_seconds";

    private static final String MEMORY = "mem";
    private static final String NAMED = "named_metrics.";
    private static final double NANOS_PER_SECOND = 1e9;

    private OrcaMetrics() {}

    static LoadReport toLoadReport(MetricReport report) {
        Map<String, Double> named = report.getNamedMetrics();
        return new LoadReport(
                report.getQps(),
                report.getEps(),
                report.getApplicationUtilization(),
                report.getCpuUtilization(),
                utilizationsOf(report),
                inFlight(named.get(IN_FLIGHT)),
                latency(named.get(LATENCY)));
    }

    private static Map<String, Double> utilizationsOf(MetricReport report) {
        Map<String, Double> named = report.getNamedMetrics();
        if (named.isEmpty() && report.getMemoryUtilization() == 0) {
            return report.getUtilizationMetrics();
        }
        Map<String, Double> all = new HashMap<>(report.getUtilizationMetrics());
        if (report.getMemoryUtilization() > 0) {
            all.putIfAbsent(MEMORY, report.getMemoryUtilization());
        }
        named.forEach((name, value) -> {
            if (!name.equals(IN_FLIGHT) && !name.equals(LATENCY)) {
                all.put(NAMED + name, value);
            }
        });
        return all;
    }

    // Nothing is refused, for it comes from outside.

    private static int inFlight(@Nullable Double said) {
        return said != null && said >= 0 && said <= Integer.MAX_VALUE ? said.intValue() : LoadReport.UNSAID;
    }

    private static @Nullable Duration latency(@Nullable Double said) {
        return said != null && said >= 0 && said < Long.MAX_VALUE / NANOS_PER_SECOND
                ? Duration.ofNanos((long) (said * NANOS_PER_SECOND))
                : null;
    }

    /** Adds what Prequal goes by to a call's own report. */
    static void record(CallMetricRecorder recorder, int inFlight, double latencyNanos) {
        recorder.recordNamedMetric(IN_FLIGHT, inFlight).recordNamedMetric(LATENCY, latencyNanos / NANOS_PER_SECOND);
    }
}
