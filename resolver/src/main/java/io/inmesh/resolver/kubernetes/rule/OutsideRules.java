package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Reason;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.BalancerAddress;
import io.inmesh.resolver.kubernetes.object.ServiceKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.ServiceType;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a client outside the pod network reaches a port (rules S-20 to S-28): through the balancer's addresses, else through external IPs,
 * else through node ports, whichever comes first and is there. One way is used at a time, since each balances the same pods. A family
 * in which no endpoint is usable comes last (rule F-5), if this host has the other one. Pure.
 */
final class OutsideRules {

    /** The endpoints, or why there is no way in. */
    sealed interface Answer {}

    /**
     * A way in.
     *
     * @param endpoints addresses of the chosen way, nodes that must not be chosen included (rule S-24)
     * @param words why none of them is usable, null if one is
     * @param explanation which ways exist and which one is chosen, for people
     */
    record Reached(List<Endpoint> endpoints, @Nullable Unresolved words, String explanation) implements Answer {}

    /** No way in. */
    record None(Unresolved unresolved) implements Answer {}

    private static final Usability NOTHING_BEHIND =
            new Usability.Unusable("no endpoint behind it is usable, so nodes reject what comes (rules C-9, S-10)");

    private final ServiceObject service;
    private final ServicePort port;
    private final OutsideView view;
    private final List<AddressFamily> families; // Both: a balancer may speak another one than the pods.
    private final List<AddressFamily> ownFamilies; // Those that nodes serve the service in.
    private final List<AddressFamily> servingFamilies; // Those of them with usable endpoints (rule F-5).

    private OutsideRules(ServiceObject service, ServicePort port, OutsideView view) {
        this.service = service;
        this.port = port;
        this.view = view;
        List<AddressFamily> order = FamilyChoice.order(
                service.families(), view.client().family(), view.client().hostFamilies());
        this.servingFamilies = order.stream()
                .filter(family ->
                        family == order.get(0) || view.client().hostFamilies().contains(family))
                .filter(service.families()::contains)
                .filter(family -> anywhere(view.endpoints(family)).hasUsable())
                .toList();
        this.families = Stream.concat(servingFamilies.stream(), order.stream())
                .distinct()
                .toList();
        this.ownFamilies =
                families.stream().filter(service.families()::contains).toList();
    }

    /** Whether nodes must be known: only if no balancer address and no external IP serves the port. */
    static boolean needsNodes(ServiceObject service, PortAnswer port, ClientPlace client) {
        if (service.kind() != ServiceKind.VIRTUAL_IP || !(port instanceof PortAnswer.Named named)) {
            return false;
        }
        OutsideRules rules =
                new OutsideRules(service, named.port(), new OutsideView(client, List.of(), null, family -> List.of()));
        return named.port().nodePort() != 0
                && !rules.balancer().isOpen()
                && !rules.externalIps().isOpen();
    }

    /**
     * Finds the way in.
     *
     * @param wanted what was asked for; begins every text
     * @param service not an alias
     * @param port what the wanted port selects of it
     */
    static Answer reach(Wanted wanted, ServiceObject service, PortAnswer port, OutsideView view) {
        if (port instanceof PortAnswer.Refused refused) {
            return new None(refused.unresolved());
        }
        if (service.kind() == ServiceKind.HEADLESS || !(port instanceof PortAnswer.Named named)) {
            return unreachable(wanted, view, "a headless Service has no address of its own, only its pods' addresses");
        }
        return new OutsideRules(service, named.port(), view).reach(wanted);
    }

    private Answer reach(Wanted wanted) {
        List<WayIn> ways = new ArrayList<>(List.of(balancer(), externalIps()));
        boolean nodesNeeded = ways.stream().noneMatch(WayIn::isOpen);
        NodePorts nodePorts = new NodePorts(service, port, view, ownFamilies, servingFamilies);
        ways.add(nodesNeeded ? nodePorts.way() : nodePorts.notTaken());
        WayIn chosen = ways.stream().filter(WayIn::isOpen).findFirst().orElse(null);
        String others = ways.stream()
                .filter(way -> !way.equals(chosen) && !way.words().isEmpty())
                .map(WayIn::words)
                .collect(Collectors.joining("; "));
        if (chosen == null) {
            return others.isEmpty()
                    ? unreachable(
                            wanted,
                            view,
                            "a Service of type " + service.exposure().type()
                                    + " without external IPs has a virtual address that only nodes and pods of its cluster know")
                    : unreachable(wanted, view, "no way in is open: " + others);
        }
        String explanation = "from outside the cluster by " + chosen.words()
                + (others.isEmpty() ? "" : " (other ways: " + others + ")");
        return reached(wanted, chosen, explanation);
    }

    /** Rule S-10: where nodes would reject or drop everything, that is said here and at once. */
    private Reached reached(Wanted wanted, WayIn chosen, String explanation) {
        Judgement anywhere = anywhere(endpointsOf(chosen));
        if (view.tellsEndpoints() && !anywhere.hasUsable()) {
            List<Endpoint> closed = chosen.endpoints().stream()
                    .map(endpoint -> endpoint.withUsability(NOTHING_BEHIND))
                    .toList();
            return new Reached(closed, anywhere.nothingUsable(wanted.describe()), explanation);
        }
        boolean usable = chosen.endpoints().stream()
                .anyMatch(endpoint -> endpoint.usability().isUsable());
        Unresolved words = usable
                ? null
                : new Unresolved(
                        Reason.NO_LOCAL_ENDPOINTS,
                        wanted.describe()
                                + ": externalTrafficPolicy is Local, and no node whose address is known hosts a ready"
                                + " endpoint (rule S-24); " + explanation);
        return new Reached(chosen.endpoints(), words, explanation);
    }

    private static Judgement anywhere(List<JoinedEndpoint> endpoints) {
        return UsabilityRules.judge(endpoints, TrafficPolicy.CLUSTER, Locality.UNKNOWN, HintUse.NONE);
    }

    /** What a way leads to: the endpoints of its addresses' family (rule F-3), all of them behind a balancer that translates, or a name. */
    private List<JoinedEndpoint> endpointsOf(WayIn way) {
        for (AddressFamily family : ownFamilies) {
            if (way.endpoints().stream().anyMatch(endpoint -> isOf(family, endpoint.host()))) {
                return view.endpoints(family);
            }
        }
        return ownFamilies.stream()
                .flatMap(family -> view.endpoints(family).stream())
                .toList();
    }

    private static boolean isOf(AddressFamily family, String host) {
        return AddressFamily.of(host).filter(family::equals).isPresent();
    }

    /** Rules S-21, S-22, S-26. */
    private WayIn balancer() {
        if (service.exposure().type() != ServiceType.LOAD_BALANCER) {
            return new WayIn(List.of(), "");
        }
        List<BalancerAddress> all = service.exposure().balancer();
        List<BalancerAddress> working =
                all.stream().filter(entry -> entry.failureOf(port) == null).toList();
        List<Endpoint> endpoints = endpoints(hosts(working));
        StringBuilder words = new StringBuilder("its load balancer");
        if (all.isEmpty()) {
            words.append(", which has no address yet (pending, rule S-21)");
        } else if (!endpoints.isEmpty()) {
            words.append(", ").append(list(endpoints));
        }
        if (all.size() > working.size()) {
            words.append(", where port ").append(port.describe()).append(" could not be set up at ");
            words.append(all.stream()
                    .filter(entry -> entry.failureOf(port) != null)
                    .map(entry -> entry.describe() + " (" + entry.failureOf(port) + ")")
                    .collect(Collectors.joining(", ")));
        }
        if (!service.exposure().sourceRanges().isEmpty()) {
            words.append(", which admits only ")
                    .append(String.join(", ", service.exposure().sourceRanges()))
                    .append(" (rule S-26)");
        }
        return new WayIn(endpoints, words.toString());
    }

    /** IP addresses of one family, and names of entries without any address. An entry with both is one balancer, so one endpoint. */
    private List<String> hosts(List<BalancerAddress> entries) {
        for (AddressFamily family : families) {
            List<String> hosts = entries.stream()
                    .map(entry -> {
                        String ip = entry.ip();
                        return ip == null || isOf(family, ip) ? entry.describe() : null;
                    })
                    .filter(Objects::nonNull)
                    .toList();
            if (!hosts.isEmpty()) {
                return hosts;
            }
        }
        return List.of();
    }

    /** Rule S-25. */
    private WayIn externalIps() {
        for (AddressFamily family : ownFamilies) {
            List<Endpoint> endpoints = endpoints(service.exposure().externalIps(family));
            if (!endpoints.isEmpty()) {
                return new WayIn(
                        endpoints,
                        "external IPs, " + list(endpoints)
                                + " (deprecated from 1.36 on, served only where AllowServiceExternalIPs is on: rule S-25)");
            }
        }
        return new WayIn(List.of(), "");
    }

    private List<Endpoint> endpoints(List<String> hosts) {
        return hosts.stream()
                .distinct()
                .map(host -> Endpoint.of(host, port.number()))
                .toList();
    }

    private static String list(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::address).collect(Collectors.joining(", "));
    }

    private static None unreachable(Wanted wanted, OutsideView view, String why) {
        String outside = view.client().outside();
        return new None(new Unresolved(
                Reason.UNREACHABLE,
                wanted.describe() + ": " + why + ", and this client is taken to be outside the pod network"
                        + (outside == null ? "" : " (" + outside + ")")
                        + ". A Service of type LoadBalancer or NodePort can be reached from outside; if pod addresses are"
                        + " routable from here, say so with inmesh.kubernetes.network=inside (environment"
                        + " INMESH_KUBERNETES_NETWORK=inside) (rules S-20, S-28)"));
    }
}
