package io.inmesh.api;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint says of its own load along with a response (ORCA, gRFC A114; Prequal). Given to {@link Lease#report}: it weighs endpoints
 * where {@code weight.source} is {@code reports}, and places requests under policy {@code prequal}.
 *
 * <pre>{@code
 * static void report(Lease lease, Map<String, String> headers) {
 *     if (headers.containsKey("x-requests-per-second")) {
 *         double requests = Double.parseDouble(headers.get("x-requests-per-second"));
 *         double busy = Double.parseDouble(headers.get("x-utilization"));
 *         lease.report(LoadReport.of(requests, busy));
 *     }
 * }
 * }</pre>
 *
 * <p>Nothing in it is refused, for it comes from outside: a number that makes no sense, {@link Double#NaN} included, says nothing.
 *
 * @param requestsPerSecond requests that it answers, of all its clients; 0 = unsaid
 * @param errorsPerSecond how many of them fail; 0 = none, or unsaid
 * @param applicationUtilization how busy it is, 1 = fully, may be more; 0 = unsaid
 * @param cpuUtilization how busy its processors are, 1 = fully; 0 = unsaid
 * @param utilizations named ones, such as {@code mem}
 * @param requestsInFlight how many requests it has now, of all its clients; {@link #UNSAID} = unsaid, as is any number below 0
 * @param latency what a request takes there at about that many in flight; null = unsaid, as is any time below zero
 */
public record LoadReport(
        double requestsPerSecond,
        double errorsPerSecond,
        double applicationUtilization,
        double cpuUtilization,
        Map<String, Double> utilizations,
        int requestsInFlight,
        @Nullable Duration latency) {

    /** For a number of requests in flight of which nothing was said. */
    public static final int UNSAID = -1;

    /** Says nothing. */
    public static final LoadReport NONE = new LoadReport(0, 0, 0, 0, Map.of(), UNSAID, null);

    /** Copies the named ones. */
    public LoadReport {
        utilizations = Map.copyOf(utilizations);
        requestsInFlight = Math.max(UNSAID, requestsInFlight);
        latency = latency == null || latency.isNegative() ? null : latency;
    }

    /** What weights are made of: requests a second, and how busy the application is, 1 = fully. */
    public static LoadReport of(double requestsPerSecond, double applicationUtilization) {
        return new LoadReport(requestsPerSecond, 0, applicationUtilization, 0, Map.of(), UNSAID, null);
    }

    /** What Prequal goes by: requests in flight, and what one takes there. */
    public static LoadReport inFlight(int requests, Duration latency) {
        return NONE.withInFlight(requests, latency);
    }

    /** The same with that many requests in flight, and what one takes there. */
    public LoadReport withInFlight(int requests, Duration newLatency) {
        return new LoadReport(
                requestsPerSecond,
                errorsPerSecond,
                applicationUtilization,
                cpuUtilization,
                utilizations,
                requests,
                newLatency);
    }

    /** The same with that many errors a second. */
    public LoadReport withErrors(double perSecond) {
        return new LoadReport(
                requestsPerSecond,
                perSecond,
                applicationUtilization,
                cpuUtilization,
                utilizations,
                requestsInFlight,
                latency);
    }

    /** The same with the processors as busy as that, 1 = fully. */
    public LoadReport withCpu(double utilization) {
        return new LoadReport(
                requestsPerSecond,
                errorsPerSecond,
                applicationUtilization,
                utilization,
                utilizations,
                requestsInFlight,
                latency);
    }

    /** The same with one more utilization under a name. */
    public LoadReport withUtilization(String name, double utilization) {
        Map<String, Double> more = new TreeMap<>(utilizations);
        more.put(name, utilization);
        return new LoadReport(
                requestsPerSecond,
                errorsPerSecond,
                applicationUtilization,
                cpuUtilization,
                more,
                requestsInFlight,
                latency);
    }
}
