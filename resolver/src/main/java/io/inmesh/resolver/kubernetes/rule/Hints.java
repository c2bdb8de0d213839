package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;

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
    static Mode mode(Tally endpoints, HintUse use) {
        String node = use == HintUse.NODES_AND_ZONES ? endpoints.client().node() : null;
        String zone = use == HintUse.NONE ? null : endpoints.client().zone();
        if (node != null && endpoints.nodeHintsDecide()) {
            return new NodeMode(node, elsewhere("node", node));
        }
        return zone != null && endpoints.zoneHintsDecide() ? new ZoneMode(zone, elsewhere("zone", zone)) : EVERY;
    }

    private static Usability elsewhere(String kind, String own) {
        return new Usability.Unusable("its hints name other " + kind + "s, and this client's " + kind + ", " + own
                + ", has ready endpoints of its own (rules T-2, T-3)");
    }
}
