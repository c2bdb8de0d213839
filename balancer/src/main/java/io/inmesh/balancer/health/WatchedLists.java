package io.inmesh.balancer.health;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which endpoints each user of a source wants to know of, and so which ones the source watches: all that anybody wants. Users of one port have
 * different lists for a moment, since each hears of a new set on its own lane, and lastingly where one has only a subset of the port's endpoints.
 *
 * <p>Threads: the source's lane.
 */
final class WatchedLists {
    private final ServiceFacts facts;

    /** One a user, who told his last comes first: of two that have one endpoint he knows it as it is now. */
    private final List<Told> lists = new ArrayList<>();

    private record Told(Object user, List<Endpoint> endpoints) {}

    WatchedLists(ServiceKey key) {
        this.facts = ServiceFacts.of(key);
    }

    /** From now on he wants these. */
    void tell(Object user, List<Endpoint> endpoints) {
        drop(user);
        lists.add(0, new Told(user, endpoints));
    }

    /** He wants none any more. */
    void drop(Object user) {
        lists.removeIf(told -> told.user.equals(user));
    }

    /**
     * What anybody wants, each once, in canonical order, and quiesced only if it is for all of them: who sends requests to it counts on its health.
     * Where all want the same, as nearly always, it is that list.
     */
    List<Endpoint> all() {
        if (lists.isEmpty()) {
            return List.of();
        }
        List<Endpoint> first = lists.get(0).endpoints;
        if (lists.stream().allMatch(told -> told.endpoints.equals(first))) {
            return first;
        }
        // Few even where many ask: most have this set or the one before.
        List<List<Endpoint>> taken = new ArrayList<>();
        Map<String, Endpoint> all = new LinkedHashMap<>();
        for (Told told : lists) {
            if (!taken.contains(told.endpoints)) {
                taken.add(told.endpoints);
                told.endpoints.forEach(endpoint -> all.merge(endpoint.id(), endpoint, WatchedLists::serving));
            }
        }
        return EndpointSet.of(facts, 0, List.copyOf(all.values())).endpoints();
    }

    private static Endpoint serving(Endpoint known, Endpoint other) {
        return known.weight() == 0 && other.weight() > 0 ? known.withWeight(other.weight()) : known;
    }
}
