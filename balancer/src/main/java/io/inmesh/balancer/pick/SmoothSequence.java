package io.inmesh.balancer.pick;

/**
 * Smooth weighted round robin, as nginx has it since 1.3.1 and Dubbo after it: each turn every endpoint's credit grows by its weight, the one
 * with the most credit (the first of equals) takes the turn and pays the sum of all weights. Nobody is ever more than one turn from its
 * share.
 *
 * <p>Cost: a look at every endpoint per turn.
 */
final class SmoothSequence implements WeightedSequence {
    private final long[] weights;
    private final long[] credits;
    private final long total;

    SmoothSequence(long[] weights) {
        this(weights, new long[weights.length]);
    }

    private SmoothSequence(long[] weights, long[] credits) {
        this.weights = weights;
        this.credits = credits;
        long sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        total = sum;
    }

    @Override
    public int next() {
        int best = 0;
        for (int i = 0; i < weights.length; i++) {
            credits[i] += weights[i];
            if (credits[i] > credits[best]) {
                best = i;
            }
        }
        credits[best] -= total;
        return best;
    }

    /** Credits go on in parts of a turn: they are worth more where weights are larger numbers. */
    @Override
    public WeightedSequence over(long[] newWeights, int[] before) {
        SmoothSequence next = new SmoothSequence(newWeights);
        for (int i = 0; i < before.length; i++) {
            if (before[i] >= 0) {
                next.credits[i] = Math.round((double) credits[before[i]] / total * next.total);
            }
        }
        return next;
    }

    long credit(int index) {
        return credits[index];
    }
}
