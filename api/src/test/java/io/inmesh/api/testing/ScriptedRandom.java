package io.inmesh.api.testing;

import java.util.random.RandomGenerator;

/**
 * Chance that follows a script: gives the numbers it was made with, in order, and then fails, so that a test knows every draw.
 *
 * <pre>{@code
 * RandomGenerator random = ScriptedRandom.of(0, 1L << 63);
 * double first = random.nextDouble(); // 0.0, the lowest draw
 * double second = random.nextDouble(); // 0.5, the middle one
 * }</pre>
 *
 * <p>Threads: one.
 */
public final class ScriptedRandom implements RandomGenerator {
    private final long[] draws;
    private int next;

    private ScriptedRandom(long[] draws) {
        this.draws = draws;
    }

    /** Gives these as {@link #nextLong()}, one after the other. */
    public static ScriptedRandom of(long... draws) {
        return new ScriptedRandom(draws.clone());
    }

    @Override
    public long nextLong() {
        if (next == draws.length) {
            throw new IllegalStateException(
                    "draw " + (next + 1) + " was asked for (expected: at most " + draws.length + ", as scripted)");
        }
        return draws[next++];
    }
}
