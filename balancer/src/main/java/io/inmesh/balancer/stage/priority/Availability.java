package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;

/** How much of the load each priority could carry alone, in whole percent (balancing 5.18). */
final class Availability {
    static final int ALL = Layout.Priority.ALL;

    private Availability() {}

    /**
     * Of one priority, 100 at most.
     *
     * @param overProvisioning the percentage that its healthy part is multiplied by
     */
    static int of(Layout.Priority priority, int overProvisioning) {
        long healthy = 0;
        long total = 0;
        for (Layout.Group group : priority.groups()) {
            for (Layout.Candidate candidate : group.candidates()) {
                if (candidate.hasWeight()) { // A quiesced one carries nothing, and is not missed.
                    total++;
                    healthy += candidate.isHealthy() ? 1 : 0;
                }
            }
        }
        return total == 0 ? 0 : (int) Math.min(ALL, overProvisioning * healthy / total);
    }

    /** Of all together, 100 at most. */
    static int total(Layout layout, int overProvisioning) {
        int sum = 0;
        for (Layout.Priority priority : layout.priorities()) {
            sum += of(priority, overProvisioning);
        }
        return Math.min(ALL, sum);
    }
}
