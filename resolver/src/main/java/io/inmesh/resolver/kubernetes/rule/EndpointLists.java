package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes endpoints of what was joined and judged. Pure. */
final class EndpointLists {
    private EndpointLists() {}

    /** Ids are the pod's uid and the number (rule F-6); where two addresses of a set would share one, the later is known by its address. */
    static List<Endpoint> of(Judgement judged, PodWeights weights) {
        int size = judged.size();
        Set<String> ids = new HashSet<>(size * 2);
        List<Endpoint> endpoints = new ArrayList<>(size);
        int port = Endpoint.NO_PORT;
        String end = ""; // Of an id; the port is one for all, mostly, so it is written once.
        for (int i = 0; i < size; i++) {
            JoinedEndpoint joined = judged.endpoint(i);
            SliceEndpoint of = joined.endpoint();
            if (joined.port() != port) {
                port = joined.port();
                end = ":" + port;
            }
            String id = of.podUid() == null ? null : of.podUid().concat(end);
            if (id == null || !ids.add(id)) {
                id = Endpoint.of(of.address(), joined.port()).id();
                ids.add(id);
            }
            endpoints.add(new Endpoint(
                    id,
                    of.address(),
                    joined.port(),
                    weights.weightOf(of.podUid()),
                    of.locality(),
                    judged.usability(i),
                    of.hostname(),
                    of.podName()));
        }
        return endpoints;
    }
}
