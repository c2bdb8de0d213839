package io.inmesh.balancer.pick;

import java.util.Arrays;

/**
 * Weighted round robin of IPVS (Linux {@code ip_vs_wrr.c}): a level starts at the largest weight and steps down by the greatest common
 * divisor; on each level every endpoint of at least that weight takes a turn. The heaviest come in bursts, which is why other sequences
 * exist; this one is for those who want IPVS's.
 *
 * <p>Cost: up to a look at every endpoint per turn. Weights come divided by their divisor, so the step is 1.
 */
final class LevelSequence implements WeightedSequence {
    private final long[] weights;
    private final long max;
    private int at;
    private long level;

    LevelSequence(long[] weights) {
        this.weights = weights;
        this.max = Arrays.stream(weights).max().orElseThrow();
        this.level = max;
    }

    @Override
    public int next() {
        while (true) {
            if (at == weights.length) {
                at = 0;
                level = level == 1 ? max : level - 1;
            }
            int index = at++;
            if (weights[index] >= level) {
                return index;
            }
        }
    }

    /** As IPVS does when a destination changes: the place stays, a level above the new maximum comes down to it. */
    @Override
    public WeightedSequence over(long[] newWeights, int[] before) {
        LevelSequence next = new LevelSequence(newWeights);
        next.level = Math.min(next.max, level);
        for (int i = 0; i < before.length; i++) {
            if (before[i] >= 0 && before[i] < at) {
                next.at = i + 1;
            }
        }
        return next;
    }
}
