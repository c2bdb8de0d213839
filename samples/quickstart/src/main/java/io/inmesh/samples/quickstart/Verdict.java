package io.inmesh.samples.quickstart;

import io.inmesh.balancer.attempt.Safety;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run comes to.
 *
 * @param idempotent requests that may be repeated
 * @param unsafe requests that may not
 * @param grpcRepeats how many gRPC calls were sent again
 * @param httpRepeats how many HTTP requests were sent again
 * @param firstLoss what the first lost request ended with, or null
 * @param comparisons one for each backend
 */
record Verdict(
        Ledger.Totals idempotent,
        Ledger.Totals unsafe,
        long grpcRepeats,
        long httpRepeats,
        @Nullable String firstLoss,
        List<Comparison> comparisons) {

    static Verdict of(Ledger ledger, List<Pod> pods) {
        List<Comparison> comparisons = new ArrayList<>();
        for (Pod pod : pods) {
            for (Door door : Door.values()) {
                comparisons.add(Comparison.of(pod, door, ledger));
            }
        }
        return new Verdict(
                ledger.totals(Safety.IDEMPOTENT),
                ledger.totals(Safety.UNSAFE),
                ledger.repeats(Door.GRPC),
                ledger.repeats(Door.HTTP),
                ledger.firstLoss(),
                comparisons);
    }

    boolean isGood() {
        return idempotent.sent() > 0
                && idempotent.lost() == 0
                && disagreements().isEmpty();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(format("  %-16s %10s %10s %10s", "requests", "sent", "answered", "lost"));
        lines.add(line("safe to repeat", idempotent));
        lines.add(line("unsafe to repeat", unsafe));
        lines.add(format("  sent again to another endpoint: grpc %,d, http %,d", grpcRepeats, httpRepeats));
        if (firstLoss != null) {
            lines.add("  first loss: " + firstLoss);
        }
        disagreements().forEach(disagreement -> lines.add("  " + disagreement));
        lines.add("");
        lines.add((isGood() ? "OK: " : "FAILED: ") + summary());
        return lines;
    }

    private String summary() {
        String losses = unsafe.lost() == 0
                ? format("%,d lost", idempotent.lost())
                : format(
                        "%,d safe ones lost, %,d unsafe lost (perhaps processed, so not repeated)",
                        idempotent.lost(), unsafe.lost());
        String counts = disagreements().isEmpty() ? "counts agree" : "counts do not agree";
        return format("%,d requests, %s, %s", idempotent.sent() + unsafe.sent(), losses, counts);
    }

    private List<String> disagreements() {
        List<String> found = new ArrayList<>();
        for (Ledger.Totals totals : List.of(idempotent, unsafe)) {
            if (totals.sent() != totals.answered() + totals.lost()) {
                found.add("sent " + totals.sent() + ", answered " + totals.answered() + ", lost " + totals.lost()
                        + " (expected: sent = answered + lost)");
            }
        }
        comparisons.stream()
                .map(Comparison::disagreement)
                .flatMap(Optional::stream)
                .forEach(found::add);
        return found;
    }

    private static String line(String kind, Ledger.Totals totals) {
        return format("  %-16s %,10d %,10d %,10d", kind, totals.sent(), totals.answered(), totals.lost());
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
