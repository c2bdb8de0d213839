package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes endpoints of what was joined and judged. The list is a function of what is given; an endpoint that would be equal to one made
 * last time is that one. Both times they come in the order of addresses, so what was made is found by walking along.
 *
 * <p>Threads: one at a time.
 */
final class EndpointLists {
    private List<Endpoint> made = List.of(); // Known by their pods where they have one; none if ids collided.
    private SliceEndpoint[] madeOf = {}; // What each was made of.

    /** Ids are the pod's uid and the number (rule F-6); where two addresses of a set would share one, the later is known by its address. */
    List<Endpoint> of(Judgement judged, PodWeights weights) {
        List<Endpoint> endpoints = new ArrayList<>(judged.size());
        SliceEndpoint[] of = new SliceEndpoint[judged.size()];
        Set<String> newIds = new HashSet<>();
        int at = 0;
        for (int i = 0; i < of.length; i++) {
            JoinedEndpoint joined = judged.endpoint(i);
            Usability usability = judged.usability(i);
            int weight = weights.weightOf(joined.endpoint().podUid());
            of[i] = joined.endpoint();
            while (at < madeOf.length && isPassed(at, joined)) {
                at++;
            }
            if (at < madeOf.length && isMadeOf(at, joined, usability, weight)) {
                endpoints.add(made.get(at++));
            } else {
                Endpoint endpoint = endpoint(idOf(joined), joined, usability, weight);
                newIds.add(endpoint.id());
                endpoints.add(endpoint);
            }
        }
        boolean collide = collide(endpoints, newIds);
        made = collide ? List.of() : List.copyOf(endpoints);
        madeOf = collide ? new SliceEndpoint[0] : of;
        return collide ? withIdsApart(judged, weights) : made;
    }

    /** Those that are not new were in one list before, and did not collide there. */
    private static boolean collide(List<Endpoint> endpoints, Set<String> newIds) {
        int withNewIds = 0;
        for (int i = 0; i < endpoints.size() && !newIds.isEmpty(); i++) {
            withNewIds += newIds.contains(endpoints.get(i).id()) ? 1 : 0;
        }
        return withNewIds != newIds.size();
    }

    private static List<Endpoint> withIdsApart(Judgement judged, PodWeights weights) {
        Set<String> ids = new HashSet<>();
        List<Endpoint> endpoints = new ArrayList<>(judged.size());
        for (int i = 0; i < judged.size(); i++) {
            JoinedEndpoint joined = judged.endpoint(i);
            String id = idOf(joined);
            if (!ids.add(id)) {
                id = Endpoint.of(joined.endpoint().address(), joined.port()).id();
                ids.add(id);
            }
            int weight = weights.weightOf(joined.endpoint().podUid());
            endpoints.add(endpoint(id, joined, judged.usability(i), weight));
        }
        return endpoints;
    }

    /** Whether what was made there stands before the other in the order, and is not the same: nothing to come can be it. */
    private boolean isPassed(int at, JoinedEndpoint joined) {
        SliceEndpoint held = madeOf[at];
        SliceEndpoint endpoint = joined.endpoint();
        boolean same = held.equals(endpoint) || held.address().equals(endpoint.address()); // Mostly the same object.
        return same
                ? made.get(at).port() < joined.port()
                : AddressOrder.compare(held.address(), endpoint.address()) < 0;
    }

    private boolean isMadeOf(int at, JoinedEndpoint joined, Usability usability, int weight) {
        Endpoint endpoint = made.get(at);
        return madeOf[at].equals(joined.endpoint()) // Mostly the same object.
                && endpoint.port() == joined.port()
                && endpoint.weight() == weight
                && endpoint.usability().equals(usability);
    }

    private static String idOf(JoinedEndpoint joined) {
        SliceEndpoint of = joined.endpoint();
        return of.podUid() == null ? Endpoint.of(of.address(), joined.port()).id() : of.podUid() + ":" + joined.port();
    }

    private static Endpoint endpoint(String id, JoinedEndpoint joined, Usability usability, int weight) {
        SliceEndpoint of = joined.endpoint();
        return new Endpoint(
                id, of.address(), joined.port(), weight, of.locality(), usability, of.hostname(), of.podName());
    }
}
