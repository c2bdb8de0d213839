package io.inmesh.resolver.kubernetes.rule;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Locality;
import io.inmesh.api.Usability;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.NodeObject;
import io.inmesh.resolver.kubernetes.object.NodeObject.Address;
import io.inmesh.resolver.kubernetes.object.NodeObject.AddressKind;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.object.ServicePort;
import io.inmesh.resolver.kubernetes.object.TrafficPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way in through node ports (rules S-23, S-24). All nodes are used under addresses of one kind and family: external IPs if a node
 * that may be chosen has one, since a client outside the pod network is most often outside the nodes' network too; else internal IPs;
 * else host names. Nodes that are not ready are left out while another one that may be chosen is ready: Kubernetes says nothing of them
 * here.
 */
final class NodePorts {
    private static final Usability NOT_READY =
            new Usability.Unusable("its node is not ready, and other nodes are (rule S-23)");
    private static final Usability NOTHING_LOCAL = new Usability.Unusable(
            "externalTrafficPolicy is Local, and its node hosts no ready endpoint, so it would drop what comes (rule S-24)");

    private final ServicePort port;
    private final boolean local;
    private final OutsideView view;
    private final List<AddressFamily> families;
    private final List<AddressFamily> serving;

    /**
     * Looks at nothing yet.
     *
     * @param families those that nodes serve the service in, the one to prefer first
     * @param serving those of them with usable endpoints, in the same order; the others are tried after them (rule F-5)
     */
    NodePorts(
            ServiceObject service,
            ServicePort port,
            OutsideView view,
            List<AddressFamily> families,
            List<AddressFamily> serving) {
        this.port = port;
        this.local = service.exposure().externalPolicy() == TrafficPolicy.LOCAL;
        this.view = view;
        this.families = families;
        this.serving = serving;
    }

    private record Addressed(NodeObject node, String address, Usability usability) {}

    /** What is said of it where another way is taken. */
    WayIn notTaken() {
        return new WayIn(List.of(), port.nodePort() == 0 ? "" : "node port " + port.nodePort());
    }

    WayIn way() {
        if (port.nodePort() == 0) {
            return notTaken();
        }
        String name = "node port " + port.nodePort();
        String refused = view.nodesRefused();
        if (refused != null) {
            return new WayIn(List.of(), name + ", but which nodes there are cannot be read: " + refused);
        }
        return firstWay(name, serving, NodePorts::anyUsable)
                .or(() -> firstWay(name, families, NodePorts::anyUsable))
                .or(() -> firstWay(
                        name, families, nodes -> !nodes.isEmpty())) // Shown with the reason, none may be chosen.
                .orElseGet(() -> new WayIn(
                        List.of(),
                        name + ", but none of " + view.nodes().size()
                                + " known nodes has an ExternalIP, InternalIP or Hostname (rule S-23)"));
    }

    private static boolean anyUsable(List<Addressed> nodes) {
        return nodes.stream().anyMatch(node -> node.usability().isUsable());
    }

    private Optional<WayIn> firstWay(
            String name, List<AddressFamily> candidates, Predicate<List<Addressed>> acceptable) {
        for (AddressKind kind : AddressKind.values()) { // In the order of preference.
            for (AddressFamily family : candidates) {
                List<Addressed> nodes = addressed(kind, family);
                if (acceptable.test(nodes)) {
                    return Optional.of(way(name, kind, nodes));
                }
            }
        }
        return Optional.empty();
    }

    private WayIn way(String name, AddressKind kind, List<Addressed> nodes) {
        List<Endpoint> endpoints = nodes.stream()
                .map(one -> Endpoint.of(one.address(), port.nodePort())
                        .withLocality(new Locality(one.node().name(), one.node().zone()))
                        .withUsability(one.usability()))
                .toList();
        long usable = nodes.stream().filter(node -> node.usability().isUsable()).count();
        return new WayIn(
                endpoints,
                name + " on the " + kind + " of " + usable + " of "
                        + view.nodes().size() + " nodes"
                        + (local ? ", those with a ready endpoint (externalTrafficPolicy Local, rule S-24)" : ""));
    }

    private List<Addressed> addressed(AddressKind kind, AddressFamily family) {
        Set<String> hosts = local ? nodesWithReady(kind == AddressKind.HOSTNAME ? null : family) : Set.of();
        List<Addressed> addressed = new ArrayList<>();
        boolean anyReady = view.nodes().stream()
                .anyMatch(node -> node.ready()
                        && (!local || hosts.contains(node.name()))
                        && address(node, kind, family).isPresent());
        for (NodeObject node : view.nodes()) {
            Usability usability;
            if (local && !hosts.contains(node.name())) {
                usability = NOTHING_LOCAL;
            } else {
                usability = node.ready() || !anyReady ? Usability.usable() : NOT_READY;
            }
            address(node, kind, family).ifPresent(text -> addressed.add(new Addressed(node, text, usability)));
        }
        addressed.sort(Comparator.comparing(Addressed::address));
        return addressed;
    }

    private static Optional<String> address(NodeObject node, AddressKind kind, AddressFamily family) {
        return node.addresses().stream()
                .filter(address ->
                        address.kind() == kind && (kind == AddressKind.HOSTNAME || address.family() == family))
                .map(Address::text)
                .findFirst();
    }

    /** Nodes that host a ready endpoint, in one family or, under names, in any. */
    private Set<String> nodesWithReady(@Nullable AddressFamily family) {
        Set<String> nodes = new HashSet<>();
        for (AddressFamily each : family == null ? families : List.of(family)) {
            for (JoinedEndpoint joined : view.endpoints(each)) {
                String node = joined.endpoint().locality().node();
                if (joined.endpoint().ready() && node != null) {
                    nodes.add(node);
                }
            }
        }
        return nodes;
    }
}
