package io.inmesh.samples.quickstart;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Pick;
import io.inmesh.api.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was picked.
 *
 * <p>Threads: one.
 */
final class PickCounts {
    private final Map<String, Long> byEndpoint = new HashMap<>();
    private long picks;
    private long rejections;
    private @Nullable Rejection firstRejection;

    /** Counts a pick and gives it back at once: nothing was sent. */
    void count(Pick pick) {
        picks++;
        if (pick instanceof Lease lease) {
            lease.close();
            byEndpoint.merge(lease.endpoint().id(), 1L, Long::sum);
        } else if (pick instanceof Rejection rejection) {
            rejections++;
            firstRejection = firstRejection == null ? rejection : firstRejection;
        }
    }

    long picks() {
        return picks;
    }

    boolean isGood() {
        return picks > 0 && rejections == 0;
    }

    /** What is known of the service now, in a line. */
    List<String> changed(LoadBalancer.Snapshot now) {
        EndpointSet set = now.set();
        String endpoints = set == null ? "endpoints: not known" : describe(set.endpoints());
        return List.of("", endpoints + ", policy: " + now.policy() + " (" + now.policySource() + ")");
    }

    private static String describe(List<Endpoint> endpoints) {
        long usable = endpoints.stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .count();
        return "endpoints: " + endpoints.size() + ", usable: " + usable;
    }

    /** Every endpoint known now, with what was picked of it so far. */
    List<String> table(LoadBalancer.Snapshot now) {
        List<String> lines = new ArrayList<>();
        lines.add(format("pod", "address", "node", "zone", "picks", "share", "state"));
        for (EndpointView view : now.endpoints()) {
            Endpoint endpoint = view.endpoint();
            long count = byEndpoint.getOrDefault(endpoint.id(), 0L);
            String share = picks == 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", 100.0 * count / picks);
            lines.add(format(
                    orDash(endpoint.pod()),
                    endpoint.address(),
                    orDash(endpoint.locality().node()),
                    orDash(endpoint.locality().zone()),
                    Long.toString(count),
                    share,
                    endpoint.usability().toString()));
        }
        return lines;
    }

    String verdict() {
        if (isGood()) {
            return String.format(Locale.ROOT, "OK: %,d picks, each found an endpoint", picks);
        }
        return String.format(
                Locale.ROOT,
                "FAILED: %,d picks, %,d found no endpoint; the first: %s",
                picks,
                rejections,
                Objects.requireNonNullElse(firstRejection, "none was made"));
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private static String format(Object... cells) {
        return String.format(Locale.ROOT, "  %-28s %-22s %-20s %-14s %9s %6s  %s", cells);
    }
}
