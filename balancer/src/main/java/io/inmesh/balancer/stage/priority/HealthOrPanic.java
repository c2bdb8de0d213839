package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.util.List;

/**
 * Leaves out the unhealthy, unless that would crush the few that are healthy (balancing 5.19): where all priorities together cannot carry the
 * load, each one whose healthy part is below a threshold uses its unhealthy as well. Those that cannot be reached never come back.
 */
public final class HealthOrPanic implements Stage {
    private final int overProvisioning;
    private final int threshold;

    /**
     * At those numbers.
     *
     * @param overProvisioning percentage, as for the loads of priorities
     * @param threshold percentage of healthy endpoints; 0 = no panic
     */
    public HealthOrPanic(int overProvisioning, int threshold) {
        this.overProvisioning = overProvisioning;
        this.threshold = threshold;
    }

    @Override
    public Layout apply(Layout layout) {
        if (areAllHealthy(layout.candidates())) {
            return layout; // As nearly always.
        }
        boolean overloaded = Availability.total(layout, overProvisioning) < Availability.ALL;
        return layout.mapPriorities(priority -> {
            boolean panic = overloaded && isBelowThreshold(priority);
            return priority.mapGroups(group -> group.withHealthy(left(group, panic)));
        });
    }

    private static boolean areAllHealthy(List<Layout.Candidate> candidates) {
        for (Layout.Candidate candidate : candidates) {
            if (!candidate.isHealthy()) {
                return false;
            }
        }
        return true;
    }

    private static List<Layout.Candidate> left(Layout.Group group, boolean panic) {
        return group.candidates().stream()
                .filter(candidate -> panic ? candidate.health() != Member.Health.UNREACHABLE : candidate.isHealthy())
                .toList();
    }

    private boolean isBelowThreshold(Layout.Priority priority) {
        long healthy = 0;
        long total = 0;
        for (Layout.Group group : priority.groups()) {
            total += group.carriers();
            healthy += group.candidates().stream()
                    .filter(candidate -> candidate.hasWeight() && candidate.isHealthy())
                    .count();
        }
        return healthy * Availability.ALL < threshold * total;
    }
}
