package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hints make of a set (group T): all or nothing, judged over the ready endpoints of all slices together (rules T-2, T-5, T-6).
 * Neither the service's {@code trafficDistribution} nor an endpoint's own zone is looked at (rule T-1). Pure.
 */
final class Hints {

    /** Which ready endpoints stay (rule T-3). */
    sealed interface Mode {
        boolean admits(SliceEndpoint endpoint);

        /** What a ready endpoint is that does not stay. */
        Usability elsewhere();
    }

    /** All of them stay. */
    private record Every() implements Mode {
        @Override
        public boolean admits(SliceEndpoint endpoint) {
            return true;
        }

        @Override
        public Usability elsewhere() {
            return Usability.usable();
        }
    }

    private record NodeMode(String node, Usability elsewhere) implements Mode {
        @Override
        public boolean admits(SliceEndpoint endpoint) {
            return endpoint.nodeHints().contains(node); // Exactly, with case (rule T-7).
        }
    }

    private record ZoneMode(String zone, Usability elsewhere) implements Mode {
        @Override
        public boolean admits(SliceEndpoint endpoint) {
            return endpoint.zoneHints().contains(zone);
        }
    }

    private static final Mode EVERY = new Every();

    private Hints() {}

    /** Rule T-2. A node or zone that is not known turns hints of that kind off (rule T-4); node hints that fail lead on to zones. */
    static Mode mode(List<JoinedEndpoint> endpoints, Locality client, HintUse use) {
        String node = use == HintUse.NODES_AND_ZONES ? client.node() : null;
        String zone = use == HintUse.NONE ? null : client.zone();
        if (node != null) {
            Mode byNode = new NodeMode(node, elsewhere("node", node));
            if (decides(byNode, endpoints)) {
                return byNode;
            }
        }
        return zone == null ? EVERY : zoneMode(zone, endpoints);
    }

    private static Mode zoneMode(String zone, List<JoinedEndpoint> endpoints) {
        Mode byZone = new ZoneMode(zone, elsewhere("zone", zone));
        return decides(byZone, endpoints) ? byZone : EVERY;
    }

    /** Every ready endpoint has a hint of that kind, and at least one names this client's place. */
    private static boolean decides(Mode mode, List<JoinedEndpoint> endpoints) {
        boolean named = false;
        for (int i = 0; i < endpoints.size(); i++) {
            SliceEndpoint endpoint = endpoints.get(i).endpoint();
            if (!endpoint.ready()) { // T-5
                continue;
            }
            boolean hinted = mode instanceof NodeMode
                    ? !endpoint.nodeHints().isEmpty()
                    : !endpoint.zoneHints().isEmpty();
            if (!hinted) {
                return false;
            }
            named = named || mode.admits(endpoint);
        }
        return named;
    }

    private static Usability elsewhere(String kind, @Nullable String own) {
        return new Usability.Unusable("its hints name other " + kind + "s, and this client's " + kind + ", " + own
                + ", has ready endpoints of its own (rules T-2, T-3)");
    }
}
