package io.inmesh.balancer.pick;

import java.util.random.RandomGenerator;

/**
 * SplitMix64 over {@link Stripes}: seeded chance for any number of threads, so that a test with several can print its seed. A mesh draws from its
 * threads' own generators instead.
 */
public final class StripedRandom implements RandomGenerator {
    private final Stripes states;

    /** Seeds every stripe from there. */
    public StripedRandom(int cores, RandomGenerator seeds) {
        states = new Stripes(cores, seeds);
    }

    @Override
    public long nextLong() {
        return SplitMix64.mix(states.getAndAdd(Stripes.GOLDEN_GAMMA) + Stripes.GOLDEN_GAMMA);
    }
}
