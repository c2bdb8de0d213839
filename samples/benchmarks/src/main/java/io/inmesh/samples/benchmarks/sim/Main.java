package io.inmesh.samples.benchmarks.sim;

import java.util.List;

/** Simulates. */
public final class Main {
    private Main() {}

    /** Quick look. */
    public static void main(String[] args) {
        int clients = Integer.parseInt(args[0]);
        double load = Double.parseDouble(args[1]);
        for (Scenario scenario : Scenario.ALL) {
            if (args.length > 2 && !List.of(args[2].split(",")).contains(scenario.name())) continue;
            for (Policy policy : Policy.ALL) {
                long began = System.nanoTime();
                Measurement worst = null;
                for (long seed = 1; seed <= 5; seed++) {
                    Measurement one = new Experiment(scenario, policy, clients, load, 200_000, seed).run();
                    worst = worst == null ? one : worst.worst(one);
                }
                System.out.printf(
                        "%-5s %-14s p50 %6.1f  p99 %7.1f  p99.9 %7.1f  mean %6.1f  share %.2f   (%.2f s)%n",
                        scenario, policy, worst.p50(), worst.p99(), worst.p999(), worst.mean(), worst.share(),
                        (System.nanoTime() - began) / 1e9);
            }
        }
    }
}
