package io.inmesh.samples.benchmarks.peers;

import io.inmesh.samples.benchmarks.CpuTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Prints what our picks cost as against those of other libraries, and whether the numbers to reach are met.
 *
 * <p>Ours and theirs are measured one after the other, each in a JVM of its own, in several rounds; a ratio is taken within a round, and the
 * median of the rounds counts, so that what else the machine does meanwhile weighs on both. Nanoseconds are processor time ({@link CpuTime})
 * for each call, of the median round.
 *
 * <pre>{@code
 * Ratios             three rounds of the pairings that have a number to reach
 * Ratios 1 .         one round of every pairing
 * Ratios 5 grpc      five of those whose title or contenders contain the pattern
 * }</pre>
 */
public final class Ratios {
    private static final int USUAL_ROUNDS = 3;
    private static final int[] THREADS = {1, 2};

    /** What JMH's profiler calls bytes allocated per call. */
    private static final String BYTES = "gc.alloc.rate.norm";

    /** Of the iterations: the first may still see the compiler at work, one may meet a collection. */
    private static final int MEDIAN = 50;

    private final Map<String, Score> measured = new HashMap<>();

    private record Score(double nanos, double bytes) {}

    private Ratios() {}

    /** Measures and prints. */
    public static void main(String[] args) throws RunnerException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : USUAL_ROUNDS;
        Predicate<Pairing> wanted = args.length > 1 ? named(args[1]) : Pairing::isBounded;
        List<RatioRow> rows = new ArrayList<>();
        for (Pairing pairing : Pairing.all()) {
            if (wanted.test(pairing)) {
                for (int size : pairing.sizes()) {
                    for (int threads : THREADS) {
                        rows.add(new RatioRow(pairing, size, threads));
                    }
                }
            }
        }
        for (int round = 1; round <= rounds; round++) {
            System.err.println("round " + round + " of " + rounds + ", " + rows.size() + " rows");
            new Ratios().measure(rows);
        }
        rows.forEach(row -> System.out.println(row.text()));
        long missed = rows.stream().filter(RatioRow::isMissed).count();
        System.out.println(rows.size() + " rows, " + missed + " missed");
    }

    private static Predicate<Pairing> named(String pattern) {
        Predicate<String> found = Pattern.compile(pattern).asPredicate();
        return pairing -> found.test(pairing.toString());
    }

    private void measure(List<RatioRow> rows) throws RunnerException {
        for (RatioRow row : rows) {
            Pairing pairing = row.pairing();
            Score ours = score(pairing.call(), pairing.ours(), row);
            Score peer = score(pairing.call(), pairing.peer(), row);
            row.add(ours.nanos, ours.bytes, peer.nanos, peer.bytes);
            System.err.println(row.text());
        }
    }

    /** A contender that stands in several rows is measured once in a round. */
    private Score score(String call, String contender, RatioRow row) throws RunnerException {
        String name = call + " " + contender + " " + row.endpoints() + " " + row.threads();
        Score known = measured.get(name);
        if (known != null) {
            return known;
        }
        RunResult result = new Runner(new OptionsBuilder()
                        .include(Pattern.quote(PickCost.class.getName() + "." + call))
                        .param("contender", contender)
                        .param("endpoints", Integer.toString(row.endpoints()))
                        .threads(row.threads())
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuTime.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .runSingle();
        Score score = new Score(secondary(result, CpuTime.NAME), secondary(result, BYTES));
        measured.put(name, score);
        return score;
    }

    private static double secondary(RunResult result, String name) {
        Result<?> iterations =
                Objects.requireNonNull(result.getSecondaryResults().get(name), name);
        return iterations.getStatistics().getPercentile(MEDIAN);
    }
}
