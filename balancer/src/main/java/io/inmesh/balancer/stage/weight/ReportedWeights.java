package io.inmesh.balancer.stage.weight;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.DoubleSummaryStatistics;

/**
 * Multiplies weights by what endpoints report of themselves, as against the mean (gRFC A58): one without a usable report counts as the mean, and
 * nobody as less than a tenth or more than ten times of it. Fewer than two reports are nothing to compare: weights stay as they are.
 *
 * <p>Cost: two looks at each endpoint, once a {@code weight.period}.
 */
public final class ReportedWeights implements Stage {
    private static final double LEAST_OF_MEAN = 0.1;
    private static final double MOST_OF_MEAN = 10;

    /** With one usable report alone there is nothing to compare. */
    private static final int FEWEST = 2;

    private static final String TOO_FEW = "weight.source is reports, and fewer than two endpoints report their load:"
            + " weights are those of the endpoints; have servers report requests a second and utilization, and clients pass"
            + " them on by Lease.report";

    private final WeightConfig config;
    private final long nowNanos;
    private final PickerFactory.Fallback fallback;

    /** As of that moment. */
    public ReportedWeights(WeightConfig config, long nowNanos, PickerFactory.Fallback fallback) {
        this.config = config;
        this.nowNanos = nowNanos;
        this.fallback = fallback;
    }

    @Override
    public Layout apply(Layout layout) {
        DoubleSummaryStatistics usable = layout.candidates().stream()
                .filter(candidate -> candidate.weight() > 0)
                .mapToDouble(this::reported)
                .filter(weight -> weight > 0)
                .summaryStatistics();
        Layout held = layout.holdingAtMost(config.period());
        if (usable.getCount() < FEWEST) {
            if (isExpectingTwo(layout)) {
                fallback.fellBack(TOO_FEW);
            }
            return held;
        }
        double mean = usable.getAverage();
        return held.mapGroups(group ->
                group.map(candidate -> candidate.withWeight(candidate.weight() * ofMean(reported(candidate) / mean))));
    }

    private double reported(Layout.Candidate candidate) {
        return candidate.member().reportedWeight(config, nowNanos);
    }

    /** A share of the mean within its bounds; the mean itself for who has none, which comes as NaN. */
    static double ofMean(double share) {
        return Double.isNaN(share) ? 1 : Math.min(MOST_OF_MEAN, Math.max(LEAST_OF_MEAN, share));
    }

    /** True if two have been there for so long that their reports would count: the first may be seen a period late, and count a period late. */
    private boolean isExpectingTwo(Layout layout) {
        long due = config.blackout().toNanos() + 2 * config.period().toNanos();
        return layout.candidates().stream()
                        .filter(candidate -> candidate.weight() > 0
                                && nowNanos - candidate.member().sinceNanos() >= due)
                        .limit(FEWEST)
                        .count()
                == FEWEST;
    }
}
