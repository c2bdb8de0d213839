package io.inmesh.samples.benchmarks.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs every policy through every scenario, prints what came out and whether it is as asked ({@link Criterion}), and leaves it in {@code target} as
 * CSV and SVG.
 *
 * <p>Takes {@code load=0.70}, {@code clients=1,20,100}, {@code requests=200000}; these are the defaults. A run of all takes some minutes.
 */
public final class Main {
    private static final Path TARGET = Path.of("target");

    private Main() {}

    /** What was asked for. */
    private record Options(double load, List<Integer> clients, int requests) {

        static Options parse(String[] args) {
            Options options = new Options(0.70, List.of(1, 20, 100), Trial.REQUESTS);
            for (String arg : args) {
                options = options.with(arg);
            }
            return options;
        }

        private Options with(String arg) {
            String value = arg.substring(arg.indexOf('=') + 1);
            try {
                return switch (arg.substring(0, Math.max(0, arg.indexOf('=')))) {
                    case "load" -> new Options(within(Double.parseDouble(value), 0.01, 0.99), clients, requests);
                    case "clients" ->
                        new Options(
                                load,
                                Arrays.stream(value.split(",", -1))
                                        .map(Integer::valueOf)
                                        .map(count -> (int) within(count, 1, 1000))
                                        .toList(),
                                requests);
                    case "requests" ->
                        new Options(load, clients, (int) within(Integer.parseInt(value), 1_000, 100_000_000));
                    default -> throw new IllegalArgumentException("no such option");
                };
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        arg + ": " + e.getMessage()
                                + " (expected: load=0.01 to 0.99, clients=1 to 1000 each, requests=1000 to 100000000)",
                        e);
            }
        }

        private static double within(double value, double least, double most) {
            if (!(value >= least && value <= most)) {
                throw new IllegalArgumentException("out of range");
            }
            return value;
        }
    }

    /** Simulates; see the class. */
    public static void main(String[] args) throws IOException {
        Options options = Options.parse(args);
        System.out.printf(
                "load %.2f, %d requests, the worst of %d seeds%n%s",
                options.load, options.requests, Trial.SEEDS, Report.heading());
        Map<Integer, Trials> byClients = new TreeMap<>();
        options.clients.forEach(clients -> byClients.put(clients, new Trials(clients, options.load, options.requests)));
        List<Trial> trials = new ArrayList<>();
        for (Scenario scenario : Scenario.ALL) {
            for (Trials alike : byClients.values()) {
                for (Policy policy : Policy.ALL) {
                    Trial trial = alike.of(scenario, policy);
                    System.out.print(Report.line(trial));
                    trials.add(trial);
                }
            }
        }
        Trials asked = byClients.get(Criterion.CLIENTS);
        if (asked != null && options.load == Criterion.LOAD) {
            Criterion.ALL.forEach(criterion -> System.out.print(Report.line(criterion, criterion.worstRatio(asked))));
        }
        write(trials, "simulation-%.2f".formatted(options.load));
    }

    private static void write(List<Trial> trials, String name) throws IOException {
        Files.createDirectories(TARGET);
        System.out.println(Files.writeString(TARGET.resolve(name + ".csv"), Report.csv(trials))
                .toAbsolutePath());
        System.out.println(Files.writeString(TARGET.resolve(name + ".svg"), Plot.of(trials))
                .toAbsolutePath());
    }
}
