package io.inmesh.balancer.engine;

import io.inmesh.api.Locality;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.LocalityConfig;
import io.inmesh.balancer.stage.Peers;
import io.inmesh.balancer.stage.Situation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, once and not at every arrangement, when a target is to be balanced by a place that is not known.
 *
 * <p>Threads: one balancer's lane.
 */
final class PlaceNotices {
    private static final Logger log = LoggerFactory.getLogger(PlaceNotices.class);

    private static final String NODE_UNKNOWN =
            "the node of this process is not known (give its pod the environment variable NODE_NAME from spec.nodeName, or call Mesh.builder().locality(...))";

    private final Target target;
    private String last = "";

    PlaceNotices(Target target) {
        this.target = target;
    }

    /** Looks at how the target is balanced now, and logs what cannot work unless that was logged last. */
    void tell(LocalityConfig locality, Situation situation) {
        String notice =
                switch (locality.mode()) {
                    case NODE -> node(locality, situation.client());
                    case ZONE_AWARE -> zone(situation);
                    case OFF, WEIGHTED -> "";
                };
        if (!notice.isEmpty() && !notice.equals(last)) {
            log.warn("{}: {}", target, notice);
        }
        last = notice;
    }

    private static String node(LocalityConfig locality, Locality client) {
        if (client.node() != null) {
            return "";
        }
        String without = locality.strict()
                ? "no endpoint counts as local and every request is turned down"
                : client.zone() == null ? "all endpoints count as equally far" : "only its zone counts as near";
        return "locality.mode is node and " + NODE_UNKNOWN + ": " + without;
    }

    /** Where the own service is not known at all, that was said when it was asked for; where it has not been heard yet, it is too early. */
    private static String zone(Situation situation) {
        boolean known = !situation.peers().equals(Peers.UNKNOWN);
        return known && situation.client().zone() == null
                ? "locality.mode is zone-aware and the zone of this process is not known (it is none of the endpoints of the service named by inmesh.self.service, or that one has no zone; call Mesh.builder().locality(...)): zones are not looked at"
                : "";
    }

    /** Why nothing counts as local, and what to do. */
    static String nothingLocal(Locality client) {
        return client.node() == null
                ? "no endpoint counts as local, for " + NODE_UNKNOWN + "; or set locality.strict to false"
                : "no usable endpoint runs on this node, " + client.node()
                        + ", and locality.strict allows no other; run one on each node (DaemonSet), or set locality.strict to false";
    }
}
