package io.inmesh.samples.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Draws rows of pods: requests, share among the pods, median and 99th percentile, for each of the two doors. */
final class Table {
    private static final String PLACE = "  %-10s %-7s %-7s";
    private static final String DOOR = "  %6s %6s %6s %6s";

    private Table() {}

    static List<String> of(List<PodRow> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(format(PLACE, "pod", "node", "zone")
                + format(DOOR, "grpc", "share", "p50 ms", "p99 ms")
                + format(DOOR, "http", "share", "p50 ms", "p99 ms")
                + "  state");
        int grpc = count(rows, PodRow::grpc);
        int http = count(rows, PodRow::http);
        for (PodRow row : rows) {
            lines.add(format(PLACE, row.pod(), row.node(), row.zone())
                    + cells(row.grpc(), grpc)
                    + cells(row.http(), http)
                    + "  " + row.state());
        }
        return lines;
    }

    private static int count(List<PodRow> rows, Function<PodRow, Latencies.Summary> door) {
        return rows.stream().map(door).mapToInt(Latencies.Summary::count).sum();
    }

    private static String cells(Latencies.Summary summary, int all) {
        if (summary.count() == 0) {
            return format(DOOR, "0", "-", "-", "-");
        }
        return format(
                DOOR,
                summary.count(),
                format("%.1f%%", 100.0 * summary.count() / all),
                format("%.1f", summary.p50Millis()),
                format("%.1f", summary.p99Millis()));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
