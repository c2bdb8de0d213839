package io.inmesh.samples.quickstart;

import java.time.Duration;
import java.util.List;

/**
 * A machine that pods run on.
 *
 * @param name its name
 * @param zone where it stands
 * @param workTime how long a request is worked on there
 */
record Node(String name, String zone, Duration workTime) {

    /** Three in two zones; the last is slower, so that policies which look at load can be told from those which do not. */
    static final List<Node> ALL = List.of(
            new Node("node-1", "zone-a", Duration.ofMillis(5)),
            new Node("node-2", "zone-a", Duration.ofMillis(5)),
            new Node("node-3", "zone-b", Duration.ofMillis(12)));
}
