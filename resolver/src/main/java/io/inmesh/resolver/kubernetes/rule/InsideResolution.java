package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.PodObject;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The endpoints of a port for a client in the pod network: families, hosts, policies, hints, weights, in that order. Used once. */
final class InsideResolution {
    private final AliasChain chain;
    private final Wanted wanted;
    private final ServiceObject service;
    private final ClientRules rules;
    private final Inquiry inquiry;

    InsideResolution(AliasChain chain, ServiceObject service, ClientRules rules, Inquiry inquiry) {
        this.chain = chain;
        this.wanted = chain.current();
        this.service = service;
        this.rules = rules;
        this.inquiry = inquiry;
    }

    /** Null while the first set waits a little for the client's zone or the weights of its pods. */
    Answer.@Nullable Result of(PortAnswer port, List<Slice> slices) {
        HintUse hints = rules.hints().on(service.kind(), rules.headlessHints());
        Locality place = place(hints, slices);
        PodWeights weights = weights();
        if (place == null || weights == null) {
            return null;
        }
        if (service.internalPolicy() == TrafficPolicy.LOCAL || (hints != HintUse.NONE && anyHint(slices))) {
            inquiry.goesByPlace();
        }
        Map<AddressFamily, Judgement> judged = new EnumMap<>(AddressFamily.class);
        AddressFamily family = FamilyChoice.choose( // F-4, F-5
                service.families(),
                rules.place().family(),
                rules.place().hostFamilies(),
                each -> judged.computeIfAbsent(each, one -> judge(port, slices, one, place, hints))
                        .hasUsable());
        Judgement chosen = judged.computeIfAbsent(family, one -> judge(port, slices, one, place, hints));
        ServiceFacts facts = Facts.of(chain, service, port, chosen, rules.clusterDomain());
        Unresolved words = wanted.host() != null && chosen.size() == 0
                ? noSuchHost(joined(port, slices, family))
                : chosen.nothingUsable(wanted.describe());
        return new Answer.Found(
                facts, inquiry.recollection().endpoints(chosen, weights), words == null ? null : chain.explain(words));
    }

    private Judgement judge(PortAnswer port, List<Slice> slices, AddressFamily family, Locality place, HintUse hints) {
        List<JoinedEndpoint> joined = joined(port, slices, family);
        if (wanted.host() != null) { // H-2
            joined = joined.stream()
                    .filter(each -> wanted.host().equals(each.endpoint().hostname()))
                    .toList();
        }
        return inquiry.recollection().judged(joined, family, service.internalPolicy(), place, hints);
    }

    private List<JoinedEndpoint> joined(PortAnswer port, List<Slice> slices, AddressFamily family) {
        return inquiry.recollection().joined(port, slices, family);
    }

    /** T-10: the zone of the client's node is asked for only where hints for zones are there to be followed. */
    private @Nullable Locality place(HintUse hints, List<Slice> slices) {
        Locality said = rules.place().locality();
        if (said.zone() != null || said.node() == null || hints == HintUse.NONE || !anyZoneHint(slices)) {
            return said;
        }
        Source<Optional<String>> source = new Source.ZoneOf(said.node());
        Optional<String> zone = inquiry.latest(source);
        if (zone == null) {
            return inquiry.awaits(source) ? null : said;
        }
        return new Locality(said.node(), zone.orElse(null));
    }

    private static boolean anyHint(List<Slice> slices) {
        for (Slice slice : slices) {
            if (slice.endpoints().stream()
                    .anyMatch(endpoint -> !endpoint.zoneHints().isEmpty()
                            || !endpoint.nodeHints().isEmpty())) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyZoneHint(List<Slice> slices) {
        for (Slice slice : slices) {
            if (slice.endpoints().stream()
                    .anyMatch(endpoint -> !endpoint.zoneHints().isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** Without the right to read pods, or while they cannot be read, every weight is 1: better than no endpoints. */
    private @Nullable PodWeights weights() {
        Optional<String> selector = PodRules.selectorOf(service);
        if (!rules.weighted() || selector.isEmpty()) {
            return PodWeights.NONE;
        }
        Source<List<PodObject>> source = new Source.PodsBy(service.id().namespace(), selector.get());
        Finding<List<PodObject>> finding = inquiry.finding(source);
        Trouble trouble = finding.trouble();
        if (finding.value() == null && trouble != null && trouble.isForbidden()) {
            inquiry.warns("weights of pods may not be read, those not known before are 1: " + inquiry.text(trouble));
        }
        List<PodObject> pods = inquiry.latest(source); // Of the selector before, if this one is new.
        if (pods == null) {
            return inquiry.awaits(source) ? null : PodWeights.NONE;
        }
        PodWeights weights = PodWeights.of(pods);
        weights.complaints().forEach(inquiry::warns);
        return weights;
    }

    private Unresolved noSuchHost(List<JoinedEndpoint> all) {
        TreeSet<String> hosts = new TreeSet<>();
        all.forEach(other -> {
            String hostname = other.endpoint().hostname();
            if (hostname != null) {
                hosts.add(hostname);
            }
        });
        String found = hosts.isEmpty()
                ? "none of its endpoints has one"
                : "there are " + hosts.size() + ", " + hosts.first() + " to " + hosts.last();
        return new Unresolved(
                Reason.NO_ENDPOINTS,
                wanted.describe() + ": no endpoint has the host name '" + wanted.host() + "', " + found
                        + "; pods get one by 'hostname' and a 'subdomain' equal to the Service's name (StatefulSets do)");
    }
}
