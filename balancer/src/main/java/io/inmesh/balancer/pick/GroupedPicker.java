package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws a group for each request by its share and leaves the rest to the group's own picker. A group that turns the request down, as strict
 * {@code ovf} does when it is full, is passed over for the next one.
 */
public final class GroupedPicker implements Excluding {
    private final Picker[] pickers;

    /** The sum of shares up to and with each group, scaled so that the last is the largest long: what a draw is compared with. */
    private final long[] bounds;

    private final RandomGenerator random;

    /**
     * Of groups with a share.
     *
     * @param pickers one for each group, at least one
     * @param shares above 0, in the same order
     */
    public GroupedPicker(List<Picker> pickers, List<Double> shares, RandomGenerator random) {
        this.pickers = pickers.toArray(Picker[]::new);
        this.bounds = new long[shares.size()];
        this.random = random;
        double total = shares.stream().mapToDouble(Double::doubleValue).sum();
        double sum = 0;
        for (int i = 0; i < bounds.length; i++) {
            sum += shares.get(i);
            bounds[i] = (long) (sum / total * Long.MAX_VALUE);
        }
        bounds[bounds.length - 1] = Long.MAX_VALUE;
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        int group = drawn(random.nextLong() >>> 1);
        Choice choice = Excluding.choose(pickers[group], context, exclusion);
        for (int i = 1; i < pickers.length && choice instanceof Rejection; i++) {
            choice = Excluding.choose(pickers[(group + i) % pickers.length], context, exclusion);
        }
        return choice;
    }

    /** Groups are few, zones or tiers, and the first ones mostly have the largest shares: a walk is quicker than a table. */
    private int drawn(long draw) {
        int group = 0;
        while (draw > bounds[group]) {
            group++;
        }
        return group;
    }
}
