package io.inmesh.samples.quickstart;

import java.util.Locale;

/**
 * A line of the table: one pod, and what its two endpoints did.
 *
 * @param pod its name
 * @param node where it runs
 * @param zone the zone of that node
 * @param grpc what its gRPC endpoint answered
 * @param http what its HTTP endpoint answered
 * @param state what has become of the pod
 */
record PodRow(String pod, String node, String zone, Latencies.Summary grpc, Latencies.Summary http, String state) {

    static PodRow of(Pod pod, PhaseCounts counts) {
        return new PodRow(
                pod.name(),
                pod.node().name(),
                pod.node().zone(),
                counts.of(new PodPort(pod.name(), Door.GRPC)),
                counts.of(new PodPort(pod.name(), Door.HTTP)),
                pod.state().name().toLowerCase(Locale.ROOT));
    }

    boolean hasAnswered() {
        return grpc.count() + http.count() > 0;
    }
}
