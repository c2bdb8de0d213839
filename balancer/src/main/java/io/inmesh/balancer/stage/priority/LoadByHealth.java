package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each priority what it can carry, the first ones first (Envoy's rule, balancing 5.18): load flows to the next bit by bit, as health
 * falls below what over-provisioning covers. Percentages are whole; what rounding leaves goes to the first priority with anyone healthy, so that
 * they sum to 100. Where nobody is healthy, loads go by the number of endpoints, for panic to use.
 */
public final class LoadByHealth implements Stage {
    private final int overProvisioning;

    /** At that over-provisioning, in percent; 140 leaves a priority everything while 72 % of it are healthy. */
    public LoadByHealth(int overProvisioning) {
        this.overProvisioning = overProvisioning;
    }

    @Override
    public Layout apply(Layout layout) {
        List<Integer> carried = layout.priorities().stream()
                .map(priority -> Availability.of(priority, overProvisioning))
                .toList();
        if (carried.stream().anyMatch(percent -> percent > 0)) {
            return withLoads(layout, split(carried));
        }
        List<Integer> reachable =
                layout.priorities().stream().map(LoadByHealth::reachable).toList();
        int total = reachable.stream().mapToInt(Integer::intValue).sum();
        return total == 0 ? layout : withLoads(layout, byCount(reachable, total));
    }

    private static List<Integer> split(List<Integer> carried) {
        int total = Math.min(
                Availability.ALL, carried.stream().mapToInt(Integer::intValue).sum());
        List<Integer> loads = new ArrayList<>();
        int remaining = Availability.ALL;
        for (int percent : carried) {
            int load = Math.min(remaining, percent * Availability.ALL / total);
            loads.add(load);
            remaining -= load;
        }
        return withRest(loads, carried, remaining);
    }

    private static List<Integer> byCount(List<Integer> counts, int total) {
        List<Integer> loads = new ArrayList<>();
        int remaining = Availability.ALL;
        for (int count : counts) {
            int load = (int) ((long) count * Availability.ALL / total);
            loads.add(load);
            remaining -= load;
        }
        return withRest(loads, counts, remaining);
    }

    /** What rounding has left over goes to the first that can take any. */
    private static List<Integer> withRest(List<Integer> loads, List<Integer> canTake, int rest) {
        for (int i = 0; i < loads.size(); i++) {
            if (canTake.get(i) > 0) {
                loads.set(i, loads.get(i) + rest);
                return loads;
            }
        }
        throw new IllegalStateException("loads: none of " + canTake + " can take any (expected: one at least)");
    }

    private static int reachable(Layout.Priority priority) {
        return (int) priority.groups().stream()
                .flatMap(group -> group.candidates().stream())
                .filter(candidate -> candidate.hasWeight() && candidate.health() != Member.Health.UNREACHABLE)
                .count();
    }

    private static Layout withLoads(Layout layout, List<Integer> loads) {
        List<Layout.Priority> priorities = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++) {
            priorities.add(layout.priorities().get(i).withLoad(loads.get(i)));
        }
        return new Layout(priorities, layout.holds());
    }
}
