package io.inmesh.balancer.pick;

/**
 * Earliest deadline first, as Envoy schedules and gRFC A58 describes: an endpoint of weight w is due every 1/w, whoever is due first takes
 * the turn, and of several due at once the one that has waited longest.
 *
 * <p>Deadlines are exact: whole rounds, and within a round a number of parts of 2^-20 turns, so that no rounding decides a tie.
 *
 * <p>Cost: O(log n) per turn, in a heap of indexes.
 */
final class DeadlineSequence implements WeightedSequence {
    /** Parts of one turn. Weights up to 2^20 make products up to 2^60. */
    private static final long TURN = 1L << 20;

    private final long[] weights;

    /** An endpoint's deadline is {@code round + part / (weight * TURN)}. */
    private final long[] rounds;

    private final long[] parts;

    /** When each was put into the heap: the smaller number first. */
    private final long[] stamps;

    private final int[] heap;
    private long nextStamp;

    // The deadline that was taken last.
    private long nowRound;
    private double nowPart;

    DeadlineSequence(long[] weights) {
        this(weights, new long[weights.length]);
    }

    /**
     * With a part of the first turn done already.
     *
     * @param done parts of a turn, below {@link #TURN}
     */
    private DeadlineSequence(long[] weights, long[] done) {
        this.weights = weights;
        int n = weights.length;
        rounds = new long[n];
        parts = new long[n];
        stamps = new long[n];
        heap = new int[n];
        for (int i = 0; i < n; i++) {
            advance(i, TURN - done[i]);
            heap[i] = i;
        }
        for (int i = n / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    @Override
    public int next() {
        int first = heap[0];
        nowRound = rounds[first];
        nowPart = (double) parts[first] / weights[first];
        advance(first, TURN);
        sink(0);
        return first;
    }

    private void advance(int index, long by) {
        parts[index] += by;
        long round = weights[index] * TURN;
        if (parts[index] >= round) {
            parts[index] -= round;
            rounds[index]++;
        }
        stamps[index] = nextStamp++;
    }

    private void sink(int from) {
        int place = from;
        int moving = heap[place];
        while (2 * place + 1 < heap.length) {
            int child = 2 * place + 1;
            if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], moving)) {
                break;
            }
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = moving;
    }

    private boolean isBefore(int a, int b) {
        if (rounds[a] != rounds[b]) {
            return rounds[a] < rounds[b];
        }
        long left = parts[a] * weights[b];
        long right = parts[b] * weights[a];
        return left == right ? stamps[a] < stamps[b] : left < right;
    }

    @Override
    public WeightedSequence over(long[] newWeights, int[] before) {
        long[] done = new long[newWeights.length];
        for (int i = 0; i < done.length; i++) {
            if (before[i] >= 0) {
                done[i] = Math.min(TURN - 1, Math.max(0, TURN - Math.round(partsUntilDue(before[i]))));
            }
        }
        return new DeadlineSequence(newWeights, done);
    }

    private double partsUntilDue(int index) {
        double rest = (rounds[index] - nowRound) * (double) TURN + (double) parts[index] / weights[index] - nowPart;
        return rest * weights[index];
    }
}
