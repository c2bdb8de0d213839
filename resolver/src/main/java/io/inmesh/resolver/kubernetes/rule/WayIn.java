package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import java.util.List;

/**
 * One way into a Service from outside the cluster, whether it works or not.
 *
 * @param endpoints where to connect to; empty if the way is not there, or not yet
 * @param words what it is and how it stands, for people
 */
record WayIn(List<Endpoint> endpoints, String words) {
    boolean isOpen() {
        return !endpoints.isEmpty();
    }
}
