package io.inmesh.spring.actuate;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint as people see it.
 *
 * @param address host and port
 * @param pod the pod behind it, or null if none is known
 * @param node where it runs, or null if unknown
 * @param zone where it runs, or null if unknown
 * @param weight the weight to balance by now
 * @param usable whether a new request may go there
 * @param whyNot the rule that forbids it, or null
 * @param health whether this process trusts it: a word for the kind of its verdict
 * @param healthReason who says so and why, or null if nothing speaks against it
 * @param inFlight requests begun here and not ended, in this process
 * @param latencyMillis smoothed time to the answer, or null where it is not measured
 * @param connection what a gRPC channel's connection to it is like, in the words of {@link EndpointView.Connection}; null where the client keeps more
 *     than one connection to an endpoint
 */
public record EndpointDetails(
        String address,
        @Nullable String pod,
        @Nullable String node,
        @Nullable String zone,
        double weight,
        boolean usable,
        @Nullable String whyNot,
        String health,
        @Nullable String healthReason,
        int inFlight,
        @Nullable Double latencyMillis,
        @Nullable String connection) {

    static EndpointDetails of(EndpointView view) {
        Endpoint endpoint = view.endpoint();
        boolean usable = endpoint.usability().isUsable();
        Verdict verdict = view.verdict();
        double latency = view.latencyNanos();
        return new EndpointDetails(
                endpoint.address(),
                endpoint.pod(),
                endpoint.locality().node(),
                endpoint.locality().zone(),
                view.weight(),
                usable,
                usable ? null : endpoint.usability().toString(),
                textOf(verdict.kind()),
                verdict.why().isEmpty() ? null : verdict.why(),
                view.inFlight(),
                Double.isNaN(latency) ? null : Math.round(latency / 1e3) / 1e3,
                view.connection() == EndpointView.Connection.UNTOLD ? null : textOf(view.connection()));
    }

    /** Usable by the cluster's word, and not kept out by this process. */
    boolean isTrusted() {
        return usable
                && !health.equals(textOf(Verdict.Kind.EJECTED))
                && !health.equals(textOf(Verdict.Kind.UNREACHABLE));
    }

    private static String textOf(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
