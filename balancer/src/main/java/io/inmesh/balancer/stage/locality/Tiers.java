package io.inmesh.balancer.stage.locality;

import io.inmesh.api.Locality;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes three groups of each priority: what runs on the caller's node, what else runs in its zone, and the rest (balancing 5.15). What is not known
 * of the caller's place leaves the group empty that would go by it.
 *
 * @param client where the caller runs
 */
public record Tiers(Locality client) implements Stage {
    static final String NODE = "node";
    static final String ZONE = "zone";
    static final String REST = "rest";

    @Override
    public Layout apply(Layout layout) {
        return layout.mapPriorities(this::tiered);
    }

    private Layout.Priority tiered(Layout.Priority priority) {
        List<Layout.Candidate> node = new ArrayList<>();
        List<Layout.Candidate> zone = new ArrayList<>();
        List<Layout.Candidate> rest = new ArrayList<>();
        for (Layout.Candidate candidate : priority.candidates()) {
            Locality place = candidate.member().endpoint().locality();
            if (isSame(client.node(), place.node())) {
                node.add(candidate);
            } else {
                (isSame(client.zone(), place.zone()) ? zone : rest).add(candidate);
            }
        }
        return priority.withGroups(List.of(
                new Layout.Group(NODE, 1, node), new Layout.Group(ZONE, 1, zone), new Layout.Group(REST, 1, rest)));
    }

    private static boolean isSame(@Nullable String one, @Nullable String other) {
        return one != null && one.equals(other);
    }
}
