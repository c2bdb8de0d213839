package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.Objects;

/**
 * What rules ask of all endpoints together, as numbers, so that a list that changed a little need not be counted anew.
 *
 * <p>Threads: one at a time.
 */
final class Tally {
    private final Locality client;

    private int ready;
    private int draining;
    private int readyHere;
    private int readyWithoutNodeHints;
    private int readyHintedHere;
    private int readyWithoutZoneHints;
    private int readyHintedToZone;
    private int speaking;

    /** Of no endpoint yet, seen from there. */
    Tally(Locality client) {
        this.client = client;
    }

    Locality client() {
        return client;
    }

    void add(JoinedEndpoint joined) {
        count(joined, 1);
    }

    /** One that was added is no more. */
    void remove(JoinedEndpoint joined) {
        count(joined, -1);
    }

    private void count(JoinedEndpoint joined, int by) {
        SliceEndpoint endpoint = joined.endpoint();
        speaking += joined.appProtocol() != null ? by : 0;
        draining += isDraining(endpoint) ? by : 0;
        if (!endpoint.ready()) { // T-5: hints of others do not count.
            return;
        }
        ready += by;
        readyHere += isLocal(endpoint, client) ? by : 0;
        readyWithoutNodeHints += endpoint.nodeHints().isEmpty() ? by : 0;
        readyWithoutZoneHints += endpoint.zoneHints().isEmpty() ? by : 0;
        readyHintedHere += client.node() != null && endpoint.nodeHints().contains(client.node()) ? by : 0;
        readyHintedToZone += client.zone() != null && endpoint.zoneHints().contains(client.zone()) ? by : 0;
    }

    /** An endpoint without a node is not local (rule L-2). */
    static boolean isLocal(SliceEndpoint endpoint, Locality client) {
        return client.node() != null && Objects.equals(endpoint.locality().node(), client.node());
    }

    /** Not ready, but good enough where nothing is (rule C-4). */
    static boolean isDraining(SliceEndpoint endpoint) {
        return !endpoint.ready() && endpoint.serving() && endpoint.terminating();
    }

    boolean anyReady() {
        return ready > 0;
    }

    boolean anyReadyHere() {
        return readyHere > 0;
    }

    boolean anyReadyOrDraining() {
        return ready + draining > 0;
    }

    /** Every ready endpoint has a hint for nodes, and at least one names this client's (rule T-2). */
    boolean nodeHintsDecide() {
        return readyWithoutNodeHints == 0 && readyHintedHere > 0;
    }

    /** Every ready endpoint has a hint for zones, and at least one names this client's (rule T-2). */
    boolean zoneHintsDecide() {
        return readyWithoutZoneHints == 0 && readyHintedToZone > 0;
    }

    /** Some endpoint's port says what is spoken there. */
    boolean anySpeaking() {
        return speaking > 0;
    }
}
