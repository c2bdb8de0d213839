package io.inmesh.balancer.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;

/**
 * A 64-bit counter spread over as many cells as there are cores, so that threads rarely meet on one. Each thread keeps to the cell
 * that its id mixes to; what one cell gives out is an exact sequence, what all give out together is as many sequences side by side.
 *
 * <p>Why: a counter that two threads share costs five to eight times what it costs one thread; a striped one stays cheap. 64 bits,
 * because a 32-bit counter that wraps skips turns whenever the number of endpoints is no power of two.
 */
final class Stripes {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** 16 longs = 128 bytes between cells: two cache lines, since neighbours are fetched in pairs. */
    private static final int STRIDE = 16;

    /** 2^64 divided by the golden ratio, odd: spreads consecutive thread ids over the high bits (Knuth, TAOCP 6.4). */
    static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long[] cells;
    private final int shift;

    /** Starts every cell at a random, non-negative number. */
    Stripes(int cores, RandomGenerator random) {
        // At least two cells: with one, the shift below would be by 64, which Java reads as by 0.
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(cores - 1));
        shift = Long.SIZE - bits;
        cells = new long[((1 << bits) + 1) * STRIDE];
        for (int i = STRIDE; i < cells.length; i += STRIDE) {
            cells[i] = random.nextLong() >>> 1;
        }
    }

    /** Adds to the calling thread's cell and gives what it held before. */
    long getAndAdd(long delta) {
        int stripe = (int) ((Thread.currentThread().getId() * GOLDEN_GAMMA) >>> shift);
        return (long) CELL.getAndAdd(cells, (stripe + 1) * STRIDE, delta);
    }
}
