package io.inmesh.balancer.testing;

import java.util.stream.LongStream;

/** Seeds for tests that draw: some that are always the same, and a fresh one, which is printed. */
public final class Seeds {
    private static final long[] FIXED = {1, 12, 4711};

    private Seeds() {}

    /** All of them, for a parameterized test. */
    public static LongStream all() {
        long fresh = System.nanoTime();
        System.out.println("fresh seed " + fresh);
        return LongStream.concat(LongStream.of(FIXED), LongStream.of(fresh));
    }
}
