package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;

/**
 * Decides which endpoints of one port and family this client may use, and for each other one the rule that says why not (groups C, L,
 * T). Pure. First what all of them say together ({@link Tally}), since most rules ask for it, then each; nothing is created for a single
 * endpoint, because a large set is judged again whenever one endpoint changes ({@link Judging}).
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
        return new Judging().judge(endpoints, policy, client, hints);
    }

    /** What holds for each endpoint, once it is known what all of them say together. Equal ones decide alike. */
    sealed interface Scope {
        Usability usability(SliceEndpoint endpoint);
    }

    /** Of endpoints that were counted, as the client sees them that they were counted for. */
    static Scope scope(TrafficPolicy policy, Tally all, HintUse hints) {
        return policy == TrafficPolicy.LOCAL
                ? new OnNode(all.client(), all.anyReadyHere())
                : new InCluster(Hints.mode(all, hints), all.anyReady());
    }

    private record InCluster(Hints.Mode mode, boolean anyReady) implements Scope {
        @Override
        public Usability usability(SliceEndpoint endpoint) {
            if (endpoint.ready()) { // C-3: terminating or not.
                return mode.admits(endpoint) ? Usability.usable() : mode.elsewhere();
            }
            if (Tally.isDraining(endpoint)) { // C-4 if nothing is ready, hinted or not; else C-6.
                return anyReady ? HIDDEN : Usability.usable();
            }
            return NOT_READY;
        }
    }

    /** Rules L-2, L-3; the scope of conditions is the node (rule C-4). */
    private record OnNode(Locality client, boolean readyHere, Usability otherNode) implements Scope {
        private OnNode(Locality client, boolean readyHere) {
            this(client, readyHere, client.node() == null ? OWN_NODE_UNKNOWN : notOn(client.node()));
        }

        @Override
        public Usability usability(SliceEndpoint endpoint) {
            boolean draining = Tally.isDraining(endpoint);
            if (!endpoint.ready() && !draining) {
                return NOT_READY;
            }
            if (!Tally.isLocal(endpoint, client)) {
                boolean unsaid = client.node() != null && endpoint.locality().node() == null;
                return unsaid ? NODE_UNSAID : otherNode;
            }
            return draining && readyHere ? HIDDEN_HERE : Usability.usable();
        }
    }

    private static Usability notOn(String node) {
        return new Usability.Unusable("the traffic policy is Local, and it is not on node " + node
                + ", where this client runs (rules L-2, L-3)");
    }
}
