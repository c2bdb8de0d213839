package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges lists of endpoints one after the other, and remembers the last one: of a large list little changes, so only that is counted
 * and judged, unless what all of them say together is different now. What was judged before changes no judgement.
 *
 * <p>Threads: one at a time.
 */
final class Judging {
    private @Nullable Tally tally; // Of the endpoints below.
    private List<JoinedEndpoint> endpoints = List.of();
    private Usability[] usabilities = {};
    private UsabilityRules.@Nullable Scope scope; // By which those were judged.

    /** What {@link UsabilityRules#judge} gives. */
    Judgement judge(List<JoinedEndpoint> now, TrafficPolicy policy, Locality client, HintUse hints) {
        Tally known = tally;
        if (known == null || !known.client().equals(client)) {
            known = new Tally(client);
            endpoints = List.of();
            tally = known;
        }
        int[] places = Whereabouts.of(endpoints, now);
        count(known, places, now);
        UsabilityRules.Scope wide = UsabilityRules.scope(policy, known, hints);
        boolean same = wide.equals(scope);
        Usability[] judged = new Usability[places.length];
        int usable = 0;
        for (int i = 0; i < judged.length; i++) {
            Usability usability = same && places[i] != Whereabouts.NOWHERE
                    ? usabilities[places[i]]
                    : wide.usability(now.get(i).endpoint());
            judged[i] = usability;
            usable += usability.isUsable() ? 1 : 0;
        }
        endpoints = now;
        usabilities = judged;
        scope = wide;
        return new Judgement(now, judged, usable, known);
    }

    private void count(Tally known, int[] places, List<JoinedEndpoint> now) {
        int next = 0;
        for (int i = 0; i < places.length; i++) {
            if (places[i] == Whereabouts.NOWHERE) {
                known.add(now.get(i));
            } else {
                boolean same = Whereabouts.isSame(endpoints, places[i], now, i);
                remove(known, next, same ? places[i] : places[i] + 1);
                next = places[i] + 1;
                if (!same) {
                    known.add(now.get(i));
                }
            }
        }
        remove(known, next, endpoints.size());
    }

    private void remove(Tally known, int from, int end) {
        for (int i = from; i < end; i++) {
            known.remove(endpoints.get(i));
        }
    }
}
