package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.PortName;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The addresses of a port for a client outside the pod network (rules S-20 to S-28). Used once. */
final class OutsideResolution {
    private final AliasChain chain;
    private final ServiceObject service;
    private final ClientRules rules;
    private final Inquiry inquiry;

    OutsideResolution(AliasChain chain, ServiceObject service, ClientRules rules, Inquiry inquiry) {
        this.chain = chain;
        this.service = service;
        this.rules = rules;
        this.inquiry = inquiry;
    }

    /**
     * Null as long as nodes or the addresses of a balancer's name are asked for and not answered.
     *
     * @param slices null if the server forbids reading them: then nothing tells whether an endpoint is usable behind an address
     * @param forbidden what it said, null if it does not
     */
    Answer.@Nullable Result of(PortAnswer port, @Nullable List<Slice> slices, @Nullable Trouble forbidden) {
        List<NodeObject> nodes = List.of();
        String refused = null;
        if (OutsideRules.needsNodes(service, port, rules.place())) {
            if (forbidden != null && service.exposure().externalPolicy() == TrafficPolicy.LOCAL) {
                inquiry.minds(forbidden); // S-24: slices alone tell which nodes may be chosen.
                return null;
            }
            Finding<List<NodeObject>> finding = inquiry.finding(new Source.AllNodes());
            Trouble trouble = finding.trouble();
            if (finding.value() != null) {
                nodes = finding.value();
                inquiry.minds(trouble);
            } else if (trouble != null && trouble.isForbidden()) {
                refused = trouble.text();
            } else {
                inquiry.minds(trouble);
                return null;
            }
        }
        OutsideView view = new OutsideView(rules.place(), nodes, refused, endpoints(port, slices));
        OutsideRules.Answer answer = OutsideRules.reach(chain.current(), service, port, view);
        if (answer instanceof OutsideRules.None none) {
            return new Answer.None(chain.explain(none.unresolved()));
        }
        if (forbidden != null) {
            inquiry.warns(
                    "its addresses are used without knowing whether an endpoint behind them is usable (rule S-10): "
                            + inquiry.text(forbidden));
        }
        return found(port, (OutsideRules.Reached) answer);
    }

    /** Each family is joined once, however often it is asked for. */
    private static @Nullable Function<AddressFamily, List<JoinedEndpoint>> endpoints(
            PortAnswer port, @Nullable List<Slice> slices) {
        if (slices == null) {
            return null;
        }
        Map<AddressFamily, List<JoinedEndpoint>> joined = new EnumMap<>(AddressFamily.class);
        return family -> joined.computeIfAbsent(family, one -> endpoints(port, slices, one));
    }

    private static List<JoinedEndpoint> endpoints(PortAnswer port, List<Slice> slices, AddressFamily family) {
        return port instanceof PortAnswer.Named named
                ? SliceJoin.endpoints(
                        slices,
                        family,
                        new PortName(named.port().name(), named.port().protocol()))
                : List.of();
    }

    /** A name that cannot be looked up is left out while something else can be used; what is not to be used is not looked up. */
    private Answer.@Nullable Result found(PortAnswer port, OutsideRules.Reached reached) {
        inquiry.explains(reached.explanation());
        List<Endpoint> endpoints = new ArrayList<>();
        boolean pending = false;
        boolean unknown = false;
        for (Endpoint endpoint : reached.endpoints()) {
            boolean usable = endpoint.usability().isUsable();
            if (!usable || AddressFamily.of(endpoint.host()).isPresent()) {
                endpoints.add(endpoint);
                continue;
            }
            Finding<List<String>> addresses = inquiry.finding(new Source.AddressesOf(endpoint.host()));
            pending |= addresses.isPending(); // And the others are asked for meanwhile.
            inquiry.minds(addresses.trouble());
            if (addresses.value() == null) {
                unknown = true;
            } else {
                endpoints.addAll(NameResolution.resolved(endpoint, addresses.value(), rules.place()));
            }
        }
        boolean anyUsable =
                endpoints.stream().anyMatch(endpoint -> endpoint.usability().isUsable());
        if (pending || (unknown && !anyUsable)) {
            return null;
        }
        String alias = chain.steps().isEmpty() ? null : chain.finalName(rules.clusterDomain());
        ServiceFacts facts = Facts.of(chain.current(), service, port, null, alias);
        Unresolved words = reached.words();
        return new Answer.Found(facts, endpoints, words == null ? null : chain.explain(words));
    }
}
