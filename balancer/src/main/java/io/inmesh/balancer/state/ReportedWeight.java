package io.inmesh.balancer.state;

import io.inmesh.api.LoadReport;
import io.inmesh.balancer.config.WeightConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weight that an endpoint's own reports come to (gRFC A58, A114): requests a second for each unit of utilization, so that an endpoint which
 * does the same work with less effort gets more. Errors count as effort.
 *
 * <p>A weight is believed once reports have come for a while ({@code blackout}), and no longer when none has come for long ({@code
 * expiration}); an endpoint that was away begins anew.
 *
 * <p>Reports are shared by all balancers of an endpoint, what they come to is each one's own: it looks at the last report whenever it arranges, so
 * the blackout begins with the first report that it sees.
 *
 * <p>Threads: one balancer's lane.
 */
final class ReportedWeight {
    /** The last report that came to a weight, or null before the first. */
    private @Nullable Reported usable;

    /** Since when such reports have come. */
    private long sinceNanos;

    /**
     * A report and when it came. Immutable.
     *
     * @param nanos by the mesh's clock
     */
    record Reported(LoadReport report, long nanos) {}

    /**
     * The weight, or NaN while none can be believed.
     *
     * @param last the last report, or null if none ever came
     * @param backNanos since when the endpoint may be picked: what it said before does not count
     */
    double read(@Nullable Reported last, long backNanos, WeightConfig config, long nowNanos) {
        if (usable != null && usable.nanos - backNanos < 0) {
            usable = null;
        }
        Reported before = usable;
        boolean isNew = last != null && (before == null || last.nanos != before.nanos) && last.nanos - backNanos >= 0;
        if (last != null && isNew && weightOf(last.report, config) > 0) {
            if (before == null || isExpired(before, config, last.nanos)) {
                sinceNanos = last.nanos;
            }
            usable = last;
        }
        Reported now = usable;
        if (now == null
                || isExpired(now, config, nowNanos)
                || nowNanos - sinceNanos < config.blackout().toNanos()) {
            return Double.NaN;
        }
        double weight = weightOf(now.report, config);
        return weight > 0 ? weight : Double.NaN;
    }

    private static boolean isExpired(Reported held, WeightConfig config, long nanos) {
        return nanos - held.nanos >= config.expiration().toNanos();
    }

    /** Requests a second for each unit of utilization, or 0 if the report does not say. */
    static double weightOf(LoadReport report, WeightConfig config) {
        double utilization = utilizationOf(report, config.metrics());
        double requests = report.requestsPerSecond();
        if (!isSaid(requests) || !isSaid(utilization)) {
            return 0;
        }
        double errors = isSaid(report.errorsPerSecond()) ? report.errorsPerSecond() / requests : 0;
        return requests / (utilization + errors * config.errorPenalty());
    }

    private static double utilizationOf(LoadReport report, List<String> metrics) {
        double named = metrics.stream()
                .mapToDouble(metric -> report.utilizations().getOrDefault(metric, 0.0))
                .filter(ReportedWeight::isSaid)
                .max()
                .orElse(0);
        if (named > 0) {
            return named;
        }
        return isSaid(report.applicationUtilization()) ? report.applicationUtilization() : report.cpuUtilization();
    }

    private static boolean isSaid(double number) {
        return number > 0 && number < Double.POSITIVE_INFINITY;
    }
}
