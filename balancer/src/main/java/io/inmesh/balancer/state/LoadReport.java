package io.inmesh.balancer.state;

import java.util.Map;

/**
 * What an endpoint says of its own load (ORCA, gRFC A114), with a response or apart from any.
 *
 * @param requestsPerSecond requests it answers, of all its clients; 0 = unsaid
 * @param errorsPerSecond how many of them failed
 * @param applicationUtilization how busy it is, 1 = fully, may be more; 0 = unsaid
 * @param cpuUtilization how busy its processors are; 0 = unsaid
 * @param utilizations named ones, such as {@code mem}
 */
public record LoadReport(
        double requestsPerSecond,
        double errorsPerSecond,
        double applicationUtilization,
        double cpuUtilization,
        Map<String, Double> utilizations) {

    /** Copies the named ones. */
    public LoadReport {
        utilizations = Map.copyOf(utilizations);
    }
}
