package io.inmesh.samples.benchmarks.sim;

import java.util.List;
import java.util.stream.LongStream;

/**
 * An experiment under each of the fixed seeds.
 *
 * @param bySeed what came out, the first seed's first
 */
record Trial(Scenario scenario, Policy policy, int clients, double load, List<Measurement> bySeed) {
    /** How many seeds there are: 1, 2 ... */
    static final int SEEDS = 5;

    /** Requests of the reference simulation, 15 s of traffic. */
    static final int REQUESTS = 200_000;

    /** Runs it. */
    static Trial run(Scenario scenario, Policy policy, int clients, double load, int requests) {
        List<Measurement> bySeed = LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> new Experiment(scenario, policy, clients, load, requests, seed).run())
                .toList();
        return new Trial(scenario, policy, clients, load, bySeed);
    }

    /** Of each number the worst. */
    Measurement worst() {
        return bySeed.stream().reduce(Measurement::worst).orElseThrow();
    }
}
