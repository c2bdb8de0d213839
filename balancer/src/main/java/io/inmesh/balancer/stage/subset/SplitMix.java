package io.inmesh.balancer.stage.subset;

/**
 * SplitMix64 as a plain sequence: the same seed gives the same numbers in every process and on every Java, which is all that a shuffle here needs.
 *
 * <p>Threads: one.
 */
final class SplitMix {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    SplitMix(long seed) {
        state = seed;
    }

    /** The finalizer of SplitMix64: spreads every bit over all. */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** A number from 0 to below the bound, which is above 0. Of 2^32 draws the commonest number has at most one more than the rarest. */
    int below(int bound) {
        state += GOLDEN_GAMMA;
        return (int) (((mix(state) >>> 32) * bound) >>> 32);
    }

    /** The numbers from 0 to below the count, shuffled (Fisher, Yates). */
    int[] shuffled(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int place = below(i + 1);
            order[i] = order[place];
            order[place] = i;
        }
        return order;
    }
}
