package io.inmesh.samples.benchmarks.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trials that differ in scenario and policy alone; each is run when it is first asked for. */
final class Trials {
    private final int clients;
    private final double load;
    private final int requests;
    private final Map<Cell, Trial> run = new LinkedHashMap<>();

    private record Cell(Scenario scenario, Policy policy) {}

    /** As in {@link Experiment}. */
    Trials(int clients, double load, int requests) {
        this.clients = clients;
        this.load = load;
        this.requests = requests;
    }

    Trial of(Scenario scenario, Policy policy) {
        return run.computeIfAbsent(
                new Cell(scenario, policy), cell -> Trial.run(scenario, policy, clients, load, requests));
    }

    /** Those that have been run, in that order. */
    List<Trial> all() {
        return List.copyOf(run.values());
    }
}
