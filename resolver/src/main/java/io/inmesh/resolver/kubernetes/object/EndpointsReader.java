package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads Endpoints objects ({@code v1}). What they lack stays unknown: zones, hints, draining (rule E-4). */
public final class EndpointsReader {
    private static final int MAX_PORT = 65535;
    private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private EndpointsReader() {}

    public static EndpointsObject read(JsonNode object) {
        ObjectName id = Json.id(object);
        JsonNode annotations = object.path("metadata").path("annotations");
        Instant triggered = Json.instant(Json.text(annotations, Json.TRIGGER_ANNOTATION));
        List<Slice> slices = new ArrayList<>();
        int index = 0;
        for (JsonNode subset : Json.list(object, "subsets")) { // Absent and null are empty (rule E-6).
            for (AddressFamily family : AddressFamily.values()) {
                List<SliceEndpoint> endpoints = endpoints(subset, family);
                if (!endpoints.isEmpty()) {
                    ObjectName name = new ObjectName(id.namespace(), id.name() + "/" + index + "/" + family);
                    slices.add(new Slice(name, Json.version(object), id, family, ports(subset), endpoints, triggered));
                }
            }
            index++;
        }
        return new EndpointsObject(
                id,
                Json.version(object),
                slices,
                Json.text(annotations, OVER_CAPACITY),
                index == 0 && annotations.has(LEADER));
    }

    private static List<SlicePort> ports(JsonNode subset) {
        List<SlicePort> ports = new ArrayList<>();
        for (JsonNode port : Json.list(subset, "ports")) {
            int number = port.path("port").asInt(0);
            Optional<Protocol> protocol = Protocol.named(Json.text(port, "protocol", "TCP"));
            if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) { // As in slices (rules P-8, P-9).
                ports.add(new SlicePort(
                        Json.text(port, "name", ""), protocol.get(), number, Json.text(port, "appProtocol")));
            }
        }
        return ports;
    }

    /** Rule E-3: {@code addresses} are ready, {@code notReadyAddresses} are not. */
    private static List<SliceEndpoint> endpoints(JsonNode subset, AddressFamily family) {
        List<SliceEndpoint> endpoints = new ArrayList<>();
        for (JsonNode address : Json.list(subset, "addresses")) {
            endpoint(address, family, true).ifPresent(endpoints::add);
        }
        for (JsonNode address : Json.list(subset, "notReadyAddresses")) {
            endpoint(address, family, false).ifPresent(endpoints::add);
        }
        return endpoints;
    }

    /** An unready address is not serving either: it may not be used where nothing is ready (rules E-4, C-5). */
    private static Optional<SliceEndpoint> endpoint(JsonNode address, AddressFamily family, boolean ready) {
        JsonNode target = address.path("targetRef");
        boolean pod = "Pod".equals(Json.text(target, "kind"));
        return family.canonical(Json.text(address, "ip", ""))
                .map(ip -> new SliceEndpoint(
                        ip,
                        ready,
                        ready,
                        false,
                        new Locality(Json.text(address, "nodeName"), null),
                        Json.text(address, "hostname"),
                        pod ? Json.text(target, "uid") : null,
                        pod ? Json.text(target, "name") : null,
                        List.of(),
                        List.of()));
    }
}
