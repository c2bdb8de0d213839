package io.inmesh.samples.quickstart;

import java.time.Duration;

/**
 * The machines that pods run on.
 *
 * <p>Three in two zones, the last one slower, so that policies which look at load can be told from those which do not.
 */
enum Node {
    FIRST("node-1", "zone-a", Duration.ofMillis(5)),
    SECOND("node-2", "zone-a", Duration.ofMillis(5)),
    THIRD("node-3", "zone-b", Duration.ofMillis(12));

    private final String label;
    private final String zone;
    private final Duration workTime;

    Node(String label, String zone, Duration workTime) {
        this.label = label;
        this.zone = zone;
        this.workTime = workTime;
    }

    String label() {
        return label;
    }

    String zone() {
        return zone;
    }

    /** How long a request is worked on there. */
    Duration workTime() {
        return workTime;
    }
}
