package io.inmesh.balancer.pick;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;

/**
 * A 64-bit counter spread over as many cells as there are cores, so that threads rarely meet on one; what one cell gives out is an
 * exact sequence, what all give out together is as many sequences side by side.
 *
 * <p>Which cell is a thread's is looked up by the low bits of its id. A thread that meets another on its cell moves on to the next one and
 * stays there, as {@code Striped64} of the JDK does: wherever two threads begin, after a few meetings they are apart. The table of homes
 * costs one read of a line that hardly ever changes; a {@code ThreadLocal} would cost more, and would have to be filled for each virtual
 * thread.
 *
 * <p>Why at all: a counter that two threads share costs five to eight times what it costs one thread. 64 bits, because a 32-bit counter
 * that wraps skips turns whenever the number of endpoints is no power of two.
 */
public final class Stripes {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** 16 longs = 128 bytes between cells: two cache lines, since neighbours are fetched in pairs. */
    private static final int STRIDE = 16;

    /** Threads whose ids differ by less than this have homes of their own. */
    private static final int HOMES = 256;

    /** 2^64 divided by the golden ratio, odd: its multiples fall as evenly over the circle as any (Knuth, TAOCP 6.4). */
    public static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long[] cells;

    /**
     * Index of the cell of each thread. Written by a thread that has met another, without order: whoever reads an older number goes to
     * the older cell, which is as right.
     */
    private final int[] homes = new int[HOMES];

    /** Starts every cell at a random, non-negative number. */
    public Stripes(int cores, RandomGenerator random) {
        int count = Math.max(2, Integer.highestOneBit(Math.max(1, cores - 1)) << 1);
        cells = new long[(count + 1) * STRIDE];
        for (int i = STRIDE; i < cells.length; i += STRIDE) {
            cells[i] = random.nextLong() >>> 1;
        }
        for (int i = 0; i < HOMES; i++) {
            homes[i] = (i % count + 1) * STRIDE;
        }
    }

    /** Adds to the calling thread's cell and gives what it held before. */
    public long getAndAdd(long delta) {
        int home = (int) Thread.currentThread().getId() & (HOMES - 1);
        int cell = homes[home];
        long held = cells[cell];
        return CELL.compareAndSet(cells, cell, held, held + delta) ? held : moveAndAdd(home, cell, delta);
    }

    private long moveAndAdd(int home, int cell, long delta) {
        int next = cell + STRIDE == cells.length ? STRIDE : cell + STRIDE;
        homes[home] = next;
        return (long) CELL.getAndAdd(cells, next, delta);
    }
}
