package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.time.Duration;

/**
 * Keeps requests waiting for a priority whose connections are being made, before the next one takes over: for as long as there is hope, which
 * is the failover timer of gRFC A56. Without it the priority that happens to connect first would get the first requests. Only the first priorities are
 * awaited: once one is there that can be used, those behind it do not matter.
 */
public final class AwaitedFirst implements Stage {

    @Override
    public Layout apply(Layout layout) {
        for (int i = 0; i < layout.priorities().size(); i++) {
            Layout.Priority priority = layout.priorities().get(i);
            if (canBeUsed(priority)) {
                return layout;
            }
            long awaited = awaitedNanos(priority);
            if (awaited > 0) {
                return FirstWithHealthy.only(layout, i).holdingAtMost(Duration.ofNanos(awaited));
            }
        }
        return layout;
    }

    private static boolean canBeUsed(Layout.Priority priority) {
        return priority.candidates().stream()
                .anyMatch(each ->
                        each.hasWeight() && each.isHealthy() && each.member().isInPlay());
    }

    /** The timer runs from the first that began; where one has failed, there is no hope for it any more. */
    private static long awaitedNanos(Layout.Priority priority) {
        return priority.candidates().stream()
                .filter(Layout.Candidate::hasWeight)
                .mapToLong(each -> each.member().awaitedNanos())
                .min()
                .orElse(0);
    }
}
