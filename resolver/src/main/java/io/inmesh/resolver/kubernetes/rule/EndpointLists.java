package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.SortedEndpoints;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.SliceEndpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes endpoints of what was joined and judged. The list is a function of what is given; an endpoint that would be equal to one made
 * last time is that one.
 *
 * <p>Threads: one at a time.
 */
final class EndpointLists {
    // Of the last time, one for each endpoint; of no time if ids collided.
    private @Nullable Judgement madeOf;
    private Endpoint[] made = {}; // Known by their pods where they have one.
    private SortedEndpoints sorted = SortedEndpoints.NONE;

    private PodWeights lastWeights = PodWeights.NONE;

    /** Ids are the pod's uid and the number (rule F-6); where two addresses of a set would share one, the later is known by its address. */
    @SuppressWarnings("ReferenceEquality") // Of usability: where it is another object, endpoints are compared.
    List<Endpoint> of(Judgement judged, PodWeights weights) {
        Judgement before = madeOf;
        int[] places = Whereabouts.of(before == null ? List.of() : before.endpoints(), judged.endpoints());
        boolean sameWeights = weights.equals(lastWeights);
        Endpoint[] endpoints = new Endpoint[places.length];
        for (int i = 0; i < endpoints.length; i++) {
            Endpoint known = places[i] == Whereabouts.NOWHERE ? null : made[places[i]];
            endpoints[i] =
                    before != null && known != null && sameWeights && before.usability(places[i]) == judged.usability(i)
                            ? known
                            : endpoint(judged, i, weights, known);
        }
        SortedEndpoints next = sorted.next(Arrays.asList(endpoints));
        boolean collide = next.size() < endpoints.length;
        madeOf = collide ? null : judged;
        made = collide ? new Endpoint[0] : endpoints;
        sorted = collide ? SortedEndpoints.NONE : next;
        lastWeights = weights;
        return collide ? withIdsApart(judged, weights) : next;
    }

    private static Endpoint endpoint(Judgement judged, int index, PodWeights weights, @Nullable Endpoint before) {
        JoinedEndpoint joined = judged.endpoint(index);
        int weight = weights.weightOf(joined.endpoint().podUid());
        Endpoint endpoint = endpoint(idOf(joined), joined, judged.usability(index), weight);
        return before != null && endpoint.equals(before) ? before : endpoint;
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
