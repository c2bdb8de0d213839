package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses a priority by the request's key and leaves the rest to the priority's own picker, so that a key meets the same priority each time
 * while loads stay as they are.
 */
public final class KeyedPriorities implements Excluding {
    /** Another hash than the one that finds the owner inside a priority: with the same, each priority would see a part of the ring only. */
    private static final int SEED = 2;

    private final Picker[] pickers;
    private final int[] bounds;
    private final RandomGenerator random;

    /**
     * Of priorities with a load.
     *
     * @param pickers one for each priority, at least one
     * @param loads percentages above 0, in the same order
     */
    public KeyedPriorities(List<Picker> pickers, List<Integer> loads, RandomGenerator random) {
        this.pickers = pickers.toArray(Picker[]::new);
        this.bounds = new int[loads.size()];
        this.random = random;
        int sum = 0;
        for (int i = 0; i < bounds.length; i++) {
            sum += loads.get(i);
            bounds[i] = sum;
        }
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        String key = context.key();
        long hash = key == null ? random.nextLong() : XxHash64.hash(key, SEED);
        int draw = Draw.index(hash, bounds[bounds.length - 1]);
        int priority = 0;
        while (draw >= bounds[priority]) {
            priority++;
        }
        return Excluding.choose(pickers[priority], context, exclusion);
    }
}
