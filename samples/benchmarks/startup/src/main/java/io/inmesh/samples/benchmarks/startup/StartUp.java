package io.inmesh.samples.benchmarks.startup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Starts the small application with and without the starter by turns, each time in a new JVM, and prints medians and their ratio. Which of the two
 * is first changes from round to round. The argument is the number of rounds, 9 or more, 15 by default; one more is thrown away, since it reads
 * the jars from disk.
 *
 * <p>Processor time is printed besides: on a machine that has other work it says more than time passed.
 */
public final class StartUp {
    private static final int LEAST_ROUNDS = 9;
    private static final int ROUNDS = 15;

    private StartUp() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = args.length == 0 ? ROUNDS : Integer.parseInt(args[0]);
        if (rounds < LEAST_ROUNDS) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: " + LEAST_ROUNDS + " or more)");
        }
        ClassPath with = ClassPath.ofThisProcess();
        ClassPath without = with.withoutStarter();
        Start.of(with);
        Start.of(without);
        List<Start> starts = new ArrayList<>();
        List<Start> startsWithout = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            if (round % 2 == 0) {
                starts.add(Start.of(with));
                startsWithout.add(Start.of(without));
            } else {
                startsWithout.add(Start.of(without));
                starts.add(Start.of(with));
            }
        }
        System.out.printf(
                "%d rounds; %d jars, %d of them the starter's%n",
                rounds,
                with.entries().size(),
                with.entries().size() - without.entries().size());
        print("time passed", starts, startsWithout, Start::wallMillis);
        print("processor time", starts, startsWithout, Start::cpuMillis);
    }

    private static void print(String what, List<Start> with, List<Start> without, Function<Start, Long> millis) {
        Sample one = Sample.of(with, millis);
        Sample other = Sample.of(without, millis);
        System.out.printf(
                "%-15s with %s ms, without %s ms, ratio %.3f%n", what, one, other, one.median() / other.median());
    }
}
