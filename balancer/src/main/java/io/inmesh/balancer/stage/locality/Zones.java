package io.inmesh.balancer.stage.locality;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes a group for each zone, in the order of their names; what has no zone is a group of its own, without a name. */
public final class Zones implements Stage {
    private static final String NO_ZONE = "";

    /** How many of the priorities, the first ones, are parted. */
    private final int priorities;

    private Zones(int priorities) {
        this.priorities = priorities;
    }

    /** In every priority. */
    public static Zones everywhere() {
        return new Zones(Integer.MAX_VALUE);
    }

    /** In the first priority; the others stay whole. */
    public static Zones inFirst() {
        return new Zones(1);
    }

    @Override
    public Layout apply(Layout layout) {
        List<Layout.Priority> parted = new ArrayList<>();
        for (Layout.Priority priority : layout.priorities()) {
            parted.add(parted.size() < priorities ? parted(priority) : priority);
        }
        return new Layout(parted, layout.holds());
    }

    private static Layout.Priority parted(Layout.Priority priority) {
        Map<String, List<Layout.Candidate>> byZone = new TreeMap<>();
        for (Layout.Candidate candidate : priority.candidates()) {
            String zone = nameOf(candidate.member().endpoint().locality().zone());
            byZone.computeIfAbsent(zone, each -> new ArrayList<>()).add(candidate);
        }
        return priority.withGroups(byZone.entrySet().stream()
                .map(zone -> new Layout.Group(zone.getKey(), 1, zone.getValue()))
                .toList());
    }

    /** The name of that zone's group; null is no zone. */
    public static String nameOf(@Nullable String zone) {
        return zone == null ? NO_ZONE : zone;
    }

    /** The priority as one group again, in canonical order, as if zones had not been looked at. */
    static Layout.Priority joined(Layout.Priority priority) {
        record Keyed(String key, String id, Layout.Candidate candidate) {}
        List<Layout.Candidate> all = priority.groups().stream()
                .flatMap(group -> group.candidates().stream())
                .map(each -> new Keyed(
                        each.member().endpoint().hashKey(),
                        each.member().endpoint().id(),
                        each))
                .sorted(Comparator.comparing(Keyed::key).thenComparing(Keyed::id))
                .map(Keyed::candidate)
                .toList();
        return priority.withGroups(List.of(new Layout.Group(NO_ZONE, 1, all)));
    }
}
