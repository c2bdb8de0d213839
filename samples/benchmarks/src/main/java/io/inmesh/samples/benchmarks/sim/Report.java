package io.inmesh.samples.benchmarks.sim;

import java.util.List;
import java.util.Locale;

/** Trials as text: a table for people, of the worst seed, and lines for programs, of every seed. */
final class Report {
    private static final String HEADING = "%-8s %-14s %7s %9s %9s %9s %9s %9s%n"
            .formatted("scenario", "policy", "clients", "p50 ms", "p99 ms", "p99.9 ms", "mean ms", "max/mean");

    private Report() {}

    /** The heading of {@link #line}. */
    static String heading() {
        return HEADING;
    }

    /** A trial's line of the table. */
    static String line(Trial trial) {
        Measurement worst = trial.worst();
        return String.format(
                Locale.ROOT,
                "%-8s %-14s %7d %9.1f %9.1f %9.1f %9.1f %9.2f%n",
                trial.scenario(),
                trial.policy(),
                trial.clients(),
                worst.p50(),
                worst.p99(),
                worst.p999(),
                worst.mean(),
                worst.share());
    }

    /** What was asked, and what it has come to. */
    static String line(Criterion criterion, double ratio) {
        String verdict = ratio <= criterion.most() ? "met" : "MISSED";
        return String.format(Locale.ROOT, "%-60s %6.3f  %s%n", criterion, ratio, verdict);
    }

    /** One line for each trial and seed, below a line of names. */
    static String csv(List<Trial> trials) {
        StringBuilder lines = new StringBuilder(
                "scenario,policy,clients,load,seed,p50_ms,p99_ms,p999_ms,mean_ms,max_share_of_mean\n");
        for (Trial trial : trials) {
            for (int i = 0; i < trial.bySeed().size(); i++) {
                Measurement one = trial.bySeed().get(i);
                lines.append(String.format(
                        Locale.ROOT,
                        "%s,%s,%d,%.2f,%d,%.3f,%.3f,%.3f,%.3f,%.4f\n",
                        trial.scenario(),
                        trial.policy(),
                        trial.clients(),
                        trial.load(),
                        i + 1,
                        one.p50(),
                        one.p99(),
                        one.p999(),
                        one.mean(),
                        one.share()));
            }
        }
        return lines.toString();
    }
}
