package io.inmesh.samples.benchmarks.sim;

import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The servers of a scenario at work.
 *
 * @param events the time they live in
 * @param servers in the order in which every client knows them
 */
record Cluster(EventQueue events, Scenario scenario, List<Server> servers) {

    /** Starts them, each with an estimate of its own. */
    static Cluster start(
            EventQueue events, Scenario scenario, Supplier<LatencyEstimate> estimates, RandomGenerator random) {
        List<Server> servers = IntStream.range(0, scenario.endpoints())
                .mapToObj(i ->
                        new Server(events, scenario.makers().speed(i, random), scenario.workers(), estimates.get()))
                .toList();
        return new Cluster(events, scenario, servers);
    }
}
