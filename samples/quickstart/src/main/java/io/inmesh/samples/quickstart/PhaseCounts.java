package io.inmesh.samples.quickstart;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What was answered during one phase.
 *
 * <p>Threads: any.
 */
final class PhaseCounts {
    private final ConcurrentMap<PodPort, Latencies> latencies = new ConcurrentHashMap<>();

    void answered(PodPort by, long tookNanos) {
        latencies.computeIfAbsent(by, any -> new Latencies()).add(tookNanos);
    }

    Latencies.Summary of(PodPort podPort) {
        Latencies found = latencies.get(podPort);
        return found == null ? Latencies.Summary.NOTHING : found.summary();
    }
}
