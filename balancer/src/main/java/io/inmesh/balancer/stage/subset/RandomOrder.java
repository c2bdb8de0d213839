package io.inmesh.balancer.stage.subset;

/**
 * Rendezvous with a seed of this process's own (gRFC A68): every endpoint has a score, the highest are chosen. One that leaves is replaced by
 * one other, one that comes replaces one at most. Needs to know nothing, and so gives servers a number of clients that is binomial.
 *
 * <p>Cost: one pass on average, by selection in place of sorting.
 */
final class RandomOrder implements Order {
    private final long[] scores;

    RandomOrder(long[] hashes, long seed) {
        scores = new long[hashes.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = SplitMix.mix(hashes[i] ^ seed);
        }
    }

    @Override
    public boolean[] first(int count) {
        boolean[] chosen = new boolean[scores.length];
        int[] order = new int[scores.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        select(order, count);
        for (int i = 0; i < count; i++) {
            chosen[order[i]] = true;
        }
        return chosen;
    }

    /** Brings the best so many to the front (Hoare's selection). Scores are as good as random, so a middle one splits as well as a drawn one. */
    private void select(int[] order, int count) {
        int from = 0;
        int to = order.length - 1;
        while (from < to) {
            int pivot = order[(from + to) >>> 1];
            int left = from;
            int right = to;
            while (left <= right) {
                while (isBefore(order[left], pivot)) {
                    left++;
                }
                while (isBefore(pivot, order[right])) {
                    right--;
                }
                if (left <= right) {
                    int swapped = order[left];
                    order[left++] = order[right];
                    order[right--] = swapped;
                }
            }
            if (count - 1 <= right) {
                to = right;
            } else if (count - 1 >= left) {
                from = left;
            } else {
                return;
            }
        }
    }

    private boolean isBefore(int one, int other) {
        int compared = Long.compareUnsigned(scores[one], scores[other]);
        return compared == 0 ? one < other : compared > 0;
    }
}
