package io.inmesh.samples.quickstart;

import java.util.Optional;

/**
 * The client's books beside those of one backend.
 *
 * @param podPort which backend
 * @param killed whether it ended without warning
 * @param attempts how many attempts the client made on it
 * @param started how many requests it began to work on, by its own count
 * @param answered how many of its answers reached the client
 */
record Comparison(PodPort podPort, boolean killed, long attempts, long started, long answered) {

    static Comparison of(Pod pod, Door door, Ledger ledger) {
        PodPort podPort = new PodPort(pod.name(), door);
        return new Comparison(
                podPort,
                pod.state() == Pod.State.KILLED,
                ledger.attempts(podPort),
                pod.backend(door).started(),
                ledger.answers(podPort));
    }

    /**
     * What does not agree, or nothing. A backend that ended as it should answered whatever it started. One that was killed may have
     * started what it never answered, and was tried by requests that it never saw.
     */
    Optional<String> disagreement() {
        boolean inOrder = answered <= started && started <= attempts;
        boolean agrees = killed ? inOrder : inOrder && answered == started;
        if (agrees) {
            return Optional.empty();
        }
        String expected = killed ? "answered <= started <= attempts, it was killed" : "answered = started <= attempts";
        return Optional.of(podPort.pod() + " " + podPort.door().portName() + ": answered " + answered
                + " by the client's count, started " + started + " by its own, attempts " + attempts + " (expected: "
                + expected + ")");
    }
}
