package io.inmesh.balancer.pick;

/** Turns 64 random bits into an index by multiplying and keeping the high half: no division, bias below n / 2^64 (or n / 2^32). */
public final class Draw {
    private Draw() {}

    /** The high half of the unsigned product of x and a positive n: an index below n. */
    public static int index(long x, int n) {
        // Math.multiplyHigh reads x as signed; adding n where x is negative makes it unsigned.
        return (int) (Math.multiplyHigh(x, n) + ((x >> 63) & n));
    }

    /** An index below n from 32 bits, given in the low half of a long whose high half is 0. */
    public static int index32(long bits, int n) {
        return (int) ((bits * n) >>> 32);
    }
}
