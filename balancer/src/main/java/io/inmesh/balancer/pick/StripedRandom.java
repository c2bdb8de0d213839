package io.inmesh.balancer.pick;

import java.util.random.RandomGenerator;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014) over {@link Stripes}: safe for any
 * number of threads and without the compare-and-set loop of a shared {@code java.util.Random}. Needs no seeding per thread, which
 * matters where each request has a fresh virtual thread.
 */
public final class StripedRandom implements RandomGenerator {
    private final Stripes states;

    /** Seeds every stripe from there. */
    public StripedRandom(int cores, RandomGenerator seeds) {
        states = new Stripes(cores, seeds);
    }

    @Override
    public long nextLong() {
        return mix(states.getAndAdd(Stripes.GOLDEN_GAMMA) + Stripes.GOLDEN_GAMMA);
    }

    /** The finalizer of SplitMix64. */
    public static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
