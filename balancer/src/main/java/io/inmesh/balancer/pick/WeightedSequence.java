package io.inmesh.balancer.pick;

/** A sequence of weighted turns that is walked step by step, by one thread at a time: {@link ExactTurns} sees to that. */
interface WeightedSequence {

    /** Whose turn it is. */
    int next();

    /**
     * The same sequence over other endpoints: who has waited goes on waiting from there, newcomers begin.
     *
     * @param weights whole numbers above 0
     * @param before where each endpoint stood in this sequence, or -1
     */
    WeightedSequence over(long[] weights, int[] before);
}
