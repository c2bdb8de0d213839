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
 * <p>Every other cell counts backwards. Two threads that walk over the same endpoints in the same direction and meet at one of them stay
 * together from there on, for each waits for the other's cache line at every step; in opposite directions they pass each other.
 *
 * <p>Why at all: a counter that two threads share costs five to eight times what it costs one thread. 64 bits, because a 32-bit counter
 * that wraps skips turns whenever the number of endpoints is no power of two.
 */
public final class Stripes {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** 16 longs = 128 bytes between cells: two cache lines, since neighbours are fetched in pairs. */
    private static final int STRIDE = 16;

    /** Where a cell that counts backwards starts at least: it never comes to 0, where a turn would be skipped. */
    private static final long FAR = 1L << 62;

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

    /**
     * Starts every cell at a random, non-negative number.
     *
     * @param cores how many threads may run at once, 1 or more; with 1 there is one cell, and one exact sequence
     */
    public Stripes(int cores, RandomGenerator random) {
        int count = cellsFor(cores);
        cells = new long[(count + 1) * STRIDE];
        for (int i = STRIDE; i < cells.length; i += STRIDE) {
            cells[i] = random.nextLong() >>> 1 | (isBackward(i) ? FAR : 0);
        }
        for (int i = 0; i < HOMES; i++) {
            homes[i] = (i % count + 1) * STRIDE;
        }
    }

    private static int cellsFor(int cores) {
        return cores == 1 ? 1 : Integer.highestOneBit(cores - 1) << 1;
    }

    /** True if it has as many cells as so many threads at once need. */
    boolean isFor(int cores) {
        return cells.length == (cellsFor(cores) + 1) * STRIDE;
    }

    /** Adds to the calling thread's cell, or takes away from it if it counts backwards, and gives what it held before. */
    public long getAndAdd(long delta) {
        int home = (int) Thread.currentThread().getId() & (HOMES - 1);
        int cell = homes[home];
        long expected = cells[cell];
        long held = (long) CELL.getAndAdd(cells, cell, directed(cell, delta));
        if (held != expected) {
            // Somebody added in between: the next turn is taken from another cell.
            homes[home] = cell + STRIDE == cells.length ? STRIDE : cell + STRIDE;
        }
        return held;
    }

    private static long directed(int cell, long delta) {
        return isBackward(cell) ? -delta : delta;
    }

    /** The first cell, at index STRIDE, counts forwards, the second backwards, and so on. */
    private static boolean isBackward(int cell) {
        return (cell & STRIDE) == 0;
    }
}
