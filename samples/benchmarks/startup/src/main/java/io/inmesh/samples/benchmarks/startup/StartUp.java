package io.inmesh.samples.benchmarks.startup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Starts the small application with and without the starter by turns, each time in a new JVM, and prints medians and their ratios. The starter's jars come
 * last on the class path in one variant, as where it is added to an application's dependencies, and first in another: a class is looked for in one jar after
 * the other, so the order counts. Which variant is first changes from round to round. The argument is the number of rounds, 9 or more, 15 by default; one
 * more is thrown away, since it reads the jars from disk.
 *
 * <p>Processor time is printed besides: on a machine that has other work it says more than time passed.
 */
public final class StartUp {
    private static final int LEAST_ROUNDS = 9;
    private static final int ROUNDS = 15;

    private StartUp() {}

    /** One class path and what it took to start with it. */
    private record Variant(String name, ClassPath classPath, List<Start> starts) {
        Variant(String name, ClassPath classPath) {
            this(name, classPath, new ArrayList<>());
        }

        void start() throws IOException, InterruptedException {
            starts.add(Start.of(classPath));
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length == 0 ? ROUNDS : Integer.parseInt(args[0]);
        if (rounds < LEAST_ROUNDS) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: " + LEAST_ROUNDS + " or more)");
        }
        ClassPath all = ClassPath.ofThisProcess();
        Variant without = new Variant("without the starter", all.withoutStarter());
        List<Variant> variants = List.of(
                without,
                new Variant("with it, jars last", all.starterLast()),
                new Variant("with it, jars first", all.starterFirst()));
        for (Variant each : variants) {
            Start unused = Start.of(each.classPath());
        }
        List<Variant> turns = new ArrayList<>(variants);
        for (int round = 0; round < rounds; round++) {
            for (Variant each : turns) {
                each.start();
            }
            Collections.rotate(turns, 1);
        }
        int jars = all.entries().size();
        System.out.printf(
                "%d rounds; %d jars, %d of them the starter's%n",
                rounds, jars, jars - without.classPath().entries().size());
        print("time passed", variants, without, Start::wallMillis);
        print("processor time", variants, without, Start::cpuMillis);
    }

    private static void print(String what, List<Variant> variants, Variant without, Function<Start, Long> millis) {
        double one = Sample.of(without.starts(), millis).median();
        for (Variant each : variants) {
            Sample sample = Sample.of(each.starts(), millis);
            System.out.printf("%-15s %-20s %s ms, ratio %.3f%n", what, each.name(), sample, sample.median() / one);
        }
    }
}
