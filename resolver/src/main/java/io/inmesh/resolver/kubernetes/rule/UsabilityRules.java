package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides which endpoints of one port and family this client may use, and for each other one the rule that says why not (groups C, L,
 * T). Pure. Two passes over the endpoints, since most rules ask what all of them say; nothing is created for a single endpoint, because
 * a large set is judged again whenever one endpoint changes.
 */
final class UsabilityRules {
    private static final Usability HIDDEN =
            new Usability.Draining("it shuts down, and another endpoint is ready (rule C-6)");
    private static final Usability HIDDEN_HERE =
            new Usability.Draining("it shuts down, and another endpoint on this node is ready (rules C-6, L-3)");
    private static final Usability NOT_READY =
            new Usability.Unusable("it is not ready, and not both serving and terminating (rule C-5)");
    private static final Usability NODE_UNSAID = new Usability.Unusable(
            "the traffic policy is Local, and an endpoint without a node is not local (rule L-2)");
    private static final Usability OWN_NODE_UNKNOWN = new Usability.Unusable(
            "the traffic policy is Local, and the node that this client runs on is not known (rules L-2, L-7)");

    private UsabilityRules() {}

    /**
     * Decides.
     *
     * @param endpoints all endpoints of the port in the family chosen, never those of two (rule F-3); kept by the result
     * @param policy of the service, for the way the client comes: the internal one for a client that uses its name (rule L-1)
     * @param client where the client runs
     * @param hints which hints it follows; under Local none (rule L-4)
     */
    static Judgement judge(List<JoinedEndpoint> endpoints, TrafficPolicy policy, Locality client, HintUse hints) {
        return policy == TrafficPolicy.LOCAL ? local(endpoints, client) : cluster(endpoints, client, hints);
    }

    private static Judgement cluster(List<JoinedEndpoint> endpoints, Locality client, HintUse hints) {
        Hints.Mode mode = Hints.mode(endpoints, client, hints);
        boolean anyReady = false;
        for (int i = 0; i < endpoints.size() && !anyReady; i++) {
            anyReady = endpoints.get(i).endpoint().ready();
        }
        Usability[] usabilities = new Usability[endpoints.size()];
        int usable = 0;
        for (int i = 0; i < usabilities.length; i++) {
            SliceEndpoint endpoint = endpoints.get(i).endpoint();
            if (endpoint.ready()) { // C-3: terminating or not.
                usabilities[i] = mode.admits(endpoint) ? Usability.usable() : mode.elsewhere();
            } else if (isDraining(endpoint)) { // C-4 if nothing is ready, hinted or not; else C-6.
                usabilities[i] = anyReady ? HIDDEN : Usability.usable();
            } else {
                usabilities[i] = NOT_READY;
            }
            usable += usabilities[i].isUsable() ? 1 : 0;
        }
        return new Judgement(endpoints, usabilities, usable, usable > 0, client);
    }

    /** Rules L-2, L-3; the scope of conditions is the node (rule C-4). */
    private static Judgement local(List<JoinedEndpoint> endpoints, Locality client) {
        boolean readyHere = false;
        boolean anythingUsable = false;
        for (int i = 0; i < endpoints.size(); i++) {
            SliceEndpoint endpoint = endpoints.get(i).endpoint();
            readyHere |= endpoint.ready() && isLocal(endpoint, client.node());
            anythingUsable |= endpoint.ready() || isDraining(endpoint);
        }
        Usability otherNode = client.node() == null ? OWN_NODE_UNKNOWN : otherNode(client.node());
        Usability[] usabilities = new Usability[endpoints.size()];
        int usable = 0;
        for (int i = 0; i < usabilities.length; i++) {
            SliceEndpoint endpoint = endpoints.get(i).endpoint();
            boolean draining = isDraining(endpoint);
            if (!endpoint.ready() && !draining) {
                usabilities[i] = NOT_READY;
            } else if (!isLocal(endpoint, client.node())) {
                boolean unsaid = client.node() != null && endpoint.locality().node() == null;
                usabilities[i] = unsaid ? NODE_UNSAID : otherNode;
            } else {
                usabilities[i] = draining && readyHere ? HIDDEN_HERE : Usability.usable();
            }
            usable += usabilities[i].isUsable() ? 1 : 0;
        }
        return new Judgement(endpoints, usabilities, usable, anythingUsable, client);
    }

    private static Usability otherNode(String node) {
        return new Usability.Unusable("the traffic policy is Local, and it is not on node " + node
                + ", where this client runs (rules L-2, L-3)");
    }

    private static boolean isLocal(SliceEndpoint endpoint, @Nullable String node) {
        return node != null && Objects.equals(endpoint.locality().node(), node);
    }

    /** Not ready, but good enough where nothing is (rule C-4). */
    private static boolean isDraining(SliceEndpoint endpoint) {
        return !endpoint.ready() && endpoint.serving() && endpoint.terminating();
    }
}
