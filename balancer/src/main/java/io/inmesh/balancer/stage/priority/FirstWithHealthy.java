package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Gives everything to the first priority in which anyone is healthy (gRFC A56); where nobody is, to the first in which anyone can be reached, for
 * panic to use.
 */
public final class FirstWithHealthy implements Stage {

    @Override
    public Layout apply(Layout layout) {
        int first = firstWith(layout, Layout.Candidate::isHealthy);
        if (first < 0) {
            first = firstWith(layout, candidate -> candidate.health() != Member.Health.UNREACHABLE);
        }
        return first < 0 ? layout : only(layout, first);
    }

    private static int firstWith(Layout layout, Predicate<Layout.Candidate> test) {
        for (int i = 0; i < layout.priorities().size(); i++) {
            for (Layout.Group group : layout.priorities().get(i).groups()) {
                if (group.candidates().stream().anyMatch(test.and(Layout.Candidate::hasWeight))) {
                    return i;
                }
            }
        }
        return -1;
    }

    /** The layout with everything for one priority. */
    static Layout only(Layout layout, int chosen) {
        List<Layout.Priority> priorities = new ArrayList<>();
        for (int i = 0; i < layout.priorities().size(); i++) {
            priorities.add(layout.priorities().get(i).withLoad(i == chosen ? Availability.ALL : 0));
        }
        return new Layout(priorities, layout.holds());
    }
}
