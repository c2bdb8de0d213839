package io.inmesh.balancer.stage.locality;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights that are given to zones (balancing 5.17), and the stages that go by them.
 *
 * @param weights by zone, 0 or more; 1 for those that are not named
 */
public record ZoneWeights(Map<String, Integer> weights) {
    private static final int NOT_NAMED = 1;
    private static final double PERCENT = 100;

    /** Copies the map. */
    public ZoneWeights {
        weights = Map.copyOf(weights);
    }

    /** Takes the weight from what runs in zones of weight 0. Before health is asked, which does not miss the quiesced. */
    public Stage quiesced() {
        return layout -> weights.containsValue(0)
                ? layout.mapGroups(
                        group -> group.map(candidate -> of(candidate) == 0 ? candidate.withWeight(0) : candidate))
                : layout;
    }

    /**
     * Shares out among groups of one zone each: by weight, and less where more of a zone is unhealthy than it could spare. In panic, when the
     * unhealthy are in use, zones are not looked at.
     *
     * @param overProvisioning the percentage that a zone's healthy part is multiplied by, before it is cut at 100
     */
    public Stage shared(int overProvisioning) {
        return layout -> layout.mapPriorities(
                priority -> isInPanic(priority) ? Zones.joined(priority) : shared(priority, overProvisioning));
    }

    private Layout.Priority shared(Layout.Priority priority, int overProvisioning) {
        // Where all is quiesced shares stay as they are: that it is quiesced is said later, and is another reason.
        return priority.groups().stream().anyMatch(group -> group.carriers() > 0)
                ? priority.mapGroups(group -> group.withShare(share(group, overProvisioning)))
                : priority;
    }

    /**
     * Multiplies the zones' weights into those of their endpoints: for policies that place requests by their keys. Health is not looked at, since
     * every key would move with it.
     */
    public Stage multiplied() {
        return layout -> layout.mapGroups(
                group -> group.map(candidate -> candidate.withWeight(candidate.weight() * of(candidate))));
    }

    private double share(Layout.Group group, int overProvisioning) {
        if (group.total() == 0) {
            return 0;
        }
        double available = Math.min(1, overProvisioning / PERCENT * group.carriers() / group.total());
        return weightOf(group.locality()) * available;
    }

    static boolean isInPanic(Layout.Priority priority) {
        return !priority.groups().stream()
                .flatMap(group -> group.candidates().stream())
                .allMatch(Layout.Candidate::isHealthy);
    }

    private int of(Layout.Candidate candidate) {
        return weightOf(candidate.member().endpoint().locality().zone());
    }

    private int weightOf(@Nullable String zone) {
        return weights.getOrDefault(Zones.nameOf(zone), NOT_NAMED);
    }
}
