package io.inmesh.balancer.stage.priority;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a priority for each entry of a list of zones, and one for the zones that are named nowhere. Goes by place alone; a priority without
 * candidates keeps its place.
 */
public final class ZonePriorities implements Stage {
    private static final String OWN = "own";
    private static final String OTHERS = "*";
    private static final String ALIKE = "\\|";

    private final Map<String, Integer> byZone = new HashMap<>();
    private final int others;
    private final int count;

    /**
     * By that list.
     *
     * @param zones an entry for each priority: a zone, several joined by {@code |}, {@code own} for the caller's, {@code *} for all others,
     *     which come last where it is missing
     * @param own the caller's zone, or null if it is not known; then {@code own} is nobody
     */
    public ZonePriorities(List<String> zones, @Nullable String own) {
        for (int i = 0; i < zones.size(); i++) {
            for (String zone : zones.get(i).split(ALIKE, -1)) {
                String name = zone.trim().equals(OWN) ? own : zone.trim();
                if (name != null) {
                    byZone.putIfAbsent(name, i); // The caller's zone may be named as well: the first counts.
                }
            }
        }
        others = byZone.getOrDefault(OTHERS, zones.size());
        count = Math.max(zones.size(), others + 1);
    }

    @Override
    public Layout apply(Layout layout) {
        List<List<Layout.Candidate>> sorted = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sorted.add(new ArrayList<>());
        }
        for (Layout.Candidate candidate : layout.candidates()) {
            String zone = candidate.member().endpoint().locality().zone();
            sorted.get(zone == null ? others : byZone.getOrDefault(zone, others))
                    .add(candidate);
        }
        List<Layout.Priority> priorities = sorted.stream()
                .map(candidates ->
                        new Layout.Priority(Layout.Priority.ALL, List.of(new Layout.Group("", 1, candidates))))
                .toList();
        return new Layout(priorities, layout.holds());
    }
}
