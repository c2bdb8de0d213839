package io.inmesh.balancer.stage.locality;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leaves only what runs on the caller's node (balancing 5.15, strict). It stands where groups are made, before everything that sizes sets: health,
 * panic and subsets then speak of the node's endpoints, which are all there are.
 *
 * @param node the caller's node, or null if it is not known: then nothing is on it
 */
public record OnlyThisNode(@Nullable String node) implements Stage {

    @Override
    public Layout apply(Layout layout) {
        return layout.keep(candidate -> node != null
                && Objects.equals(candidate.member().endpoint().locality().node(), node));
    }
}
