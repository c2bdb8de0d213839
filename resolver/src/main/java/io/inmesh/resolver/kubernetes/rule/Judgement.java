package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which endpoints of one port and family a client may use, and if none, in which of the two ways (rule S-10). A value. */
final class Judgement {
    private final List<JoinedEndpoint> endpoints;
    private final Usability[] usabilities; // Written before the constructor, read after it.
    private final int usable;
    private final boolean anythingUsable;
    private final boolean anySpeaking;
    private final Locality client;

    /**
     * Keeps what it is given.
     *
     * @param usabilities one for each endpoint, in their order
     * @param usable how many of them are usable
     * @param all what the endpoints say together; looked at now and not kept
     */
    Judgement(List<JoinedEndpoint> endpoints, Usability[] usabilities, int usable, Tally all) {
        this.endpoints = endpoints;
        this.usabilities = usabilities;
        this.usable = usable;
        this.anythingUsable = all.anyReadyOrDraining();
        this.anySpeaking = all.anySpeaking();
        this.client = all.client();
    }

    int size() {
        return endpoints.size();
    }

    /** All of them, in the order of addresses; a list that never changes. */
    List<JoinedEndpoint> endpoints() {
        return endpoints;
    }

    JoinedEndpoint endpoint(int index) {
        return endpoints.get(index);
    }

    /** What is decided of {@link #endpoint} of the same index. Few instances, shared by many endpoints. */
    Usability usability(int index) {
        return usabilities[index];
    }

    /** What is spoken at the first of the endpoints that says it (rule P-12: it sits on the slice port), or null. */
    @Nullable
    String speaks() {
        String speaks = null;
        for (int i = 0; anySpeaking && speaks == null; i++) {
            speaks = endpoints.get(i).appProtocol();
        }
        return speaks;
    }

    boolean hasUsable() {
        return usable > 0;
    }

    /** Whether some endpoint is usable for somebody in the cluster. */
    boolean anythingUsable() {
        return anythingUsable;
    }

    List<JoinedEndpoint> usable() {
        List<JoinedEndpoint> all = new ArrayList<>(usable);
        for (int i = 0; i < usabilities.length; i++) {
            if (usabilities[i].isUsable()) {
                all.add(endpoints.get(i));
            }
        }
        return all;
    }

    /**
     * Why nothing is usable, null if something is.
     *
     * @param wanted what was asked for, in words that begin the text
     */
    @Nullable
    Unresolved nothingUsable(String wanted) {
        if (usable > 0) {
            return null;
        }
        return anythingUsable
                ? new Unresolved(Reason.NO_LOCAL_ENDPOINTS, wanted + ": " + notHere())
                : new Unresolved(Reason.NO_ENDPOINTS, wanted + ": " + nowhere());
    }

    private String notHere() {
        String policy = "its traffic policy is Local, so only endpoints on this client's own node may be used, ";
        if (client.node() == null) { // L-7
            return policy
                    + "and that node is not known; give the pod the environment variable NODE_NAME from the downward API"
                    + " (fieldRef: spec.nodeName), or set inmesh.kubernetes.node-name (rules L-7, L-8)";
        }
        return policy + "and none of its " + endpoints.size() + " endpoints is usable on node " + client.node()
                + " (rule L-3: there is no fallback to other nodes); run a pod of it there, as a DaemonSet does,"
                + " or set internalTrafficPolicy: Cluster";
    }

    private String nowhere() {
        return endpoints.isEmpty()
                ? "it has no endpoints; check that its selector matches running pods"
                : "none of its " + endpoints.size() + " endpoints is ready, or both serving and terminating (rules C-5,"
                        + " C-9); first: " + endpoints.get(0).endpoint().address()
                        + "; check the readiness of its pods";
    }
}
