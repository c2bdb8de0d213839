package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the answers to one question leave behind for the next, so that what did not change costs little: a large service is resolved
 * anew up to twenty times a second. It never changes an answer, only what the answer costs, and that equal endpoints are the same
 * objects in the sets made one after the other.
 *
 * <p>Threads: one at a time.
 */
public final class Recollection {
    private final Map<AddressFamily, SliceJoin> joins = new EnumMap<>(AddressFamily.class);
    private final Map<AddressFamily, Judging> judging = new EnumMap<>(AddressFamily.class);
    private final EndpointLists endpoints = new EndpointLists();
    private final Set<AddressFamily> asked = EnumSet.noneOf(AddressFamily.class); // Since the last answer.

    /** The slices, added up. */
    List<JoinedEndpoint> joined(PortAnswer port, List<Slice> slices, AddressFamily family) {
        asked.add(family);
        SliceJoin join = joins.computeIfAbsent(family, one -> new SliceJoin());
        if (port instanceof PortAnswer.Named named) { // P-3
            PortName sought = new PortName(named.port().name(), named.port().protocol());
            return join.endpointsNow(slices, family, sought);
        }
        return join.addressesNow(slices, family, ((PortAnswer.Raw) port).number()); // P-13, H-4
    }

    /** An answer was given: what it did not ask for is let go, such as a family that is not looked at any more. */
    void answered() {
        joins.keySet().retainAll(asked);
        judging.keySet().retainAll(asked);
        asked.clear();
    }

    /** How many families are remembered. */
    int families() {
        return joins.size();
    }

    /** What was joined, judged as {@link UsabilityRules#judge} does. */
    Judgement judged(
            List<JoinedEndpoint> joined, AddressFamily family, TrafficPolicy policy, Locality client, HintUse hints) {
        return judging.computeIfAbsent(family, one -> new Judging()).judge(joined, policy, client, hints);
    }

    /** What was joined and judged, as endpoints. */
    List<Endpoint> endpoints(Judgement judged, PodWeights weights) {
        return endpoints.of(judged, weights);
    }
}
