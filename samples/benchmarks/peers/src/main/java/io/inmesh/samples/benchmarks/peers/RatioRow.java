package io.inmesh.samples.benchmarks.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** One line of the table: a pairing over so many endpoints on so many threads, and what its rounds have shown. One thread. */
final class RatioRow {
    private final Pairing pairing;
    private final int endpoints;
    private final int threads;
    private final List<Round> rounds = new ArrayList<>();

    private record Round(double ours, double oursBytes, double peer, double peerBytes) {
        double ratio() {
            return ours / peer;
        }
    }

    RatioRow(Pairing pairing, int endpoints, int threads) {
        this.pairing = pairing;
        this.endpoints = endpoints;
        this.threads = threads;
    }

    Pairing pairing() {
        return pairing;
    }

    int endpoints() {
        return endpoints;
    }

    int threads() {
        return threads;
    }

    /** Takes a round in: nanoseconds and bytes of each. */
    void add(double ours, double oursBytes, double peer, double peerBytes) {
        rounds.add(new Round(ours, oursBytes, peer, peerBytes));
        rounds.sort(Comparator.comparingDouble(Round::ratio));
    }

    private Round median() {
        return rounds.get(rounds.size() / 2);
    }

    private double leastBytes() {
        // More is what a profiler's own thread or a late compilation took.
        return rounds.stream().mapToDouble(Round::oursBytes).min().orElseThrow();
    }

    /** True if a number to reach was not reached. */
    boolean isMissed() {
        return median().ratio() > pairing.bound(threads)
                || (pairing.isBounded() && leastBytes() > pairing.bytesBound());
    }

    /** The line, aligned. */
    String text() {
        Round median = median();
        String bound = pairing.isBounded()
                ? String.format(Locale.ROOT, "<= %-5.2f %s", pairing.bound(threads), isMissed() ? "MISSED" : "met")
                : "";
        return String.format(
                Locale.ROOT,
                "%-14s %-6s %-28s %-32s n=%-6d t=%d %9.1f ns %11.1f ns  ratio %6.3f (%.3f..%.3f) %-16s %5.1f B %8.1f B",
                pairing.title(),
                pairing.call(),
                pairing.ours(),
                pairing.peer(),
                endpoints,
                threads,
                median.ours,
                median.peer,
                median.ratio(),
                rounds.get(0).ratio(),
                rounds.get(rounds.size() - 1).ratio(),
                bound,
                leastBytes(),
                median.peerBytes);
    }
}
