package io.inmesh.balancer.pick;

/** The generator SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014), as far as it is needed here. */
public final class SplitMix64 {
    private SplitMix64() {}

    /** Its finalizer: spreads what differs in a few bits over all 64. */
    public static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
