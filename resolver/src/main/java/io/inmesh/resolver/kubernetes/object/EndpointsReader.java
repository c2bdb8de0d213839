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
        Fields fields = Fields.of(object);
        ObjectName id = Json.id(object);
        Fields annotations = fields.object("metadata").object("annotations");
        Instant triggered = Json.instant(annotations.text(Json.TRIGGER_ANNOTATION));
        List<Slice> slices = new ArrayList<>();
        int index = 0;
        for (Fields subset : fields.objects("subsets")) { // Absent and null are empty (rule E-6).
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
                annotations.text(OVER_CAPACITY),
                index == 0 && annotations.has(LEADER));
    }

    private static List<SlicePort> ports(Fields subset) {
        List<SlicePort> ports = new ArrayList<>();
        for (Fields port : subset.objects("ports")) {
            int number = port.number("port", 0);
            Optional<Protocol> protocol = Protocol.named(port.text("protocol", "TCP"));
            if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) { // As in slices (rules P-8, P-9).
                ports.add(new SlicePort(port.text("name", ""), protocol.get(), number, port.text("appProtocol")));
            }
        }
        return ports;
    }

    /** Rule E-3: {@code addresses} are ready, {@code notReadyAddresses} are not. */
    private static List<SliceEndpoint> endpoints(Fields subset, AddressFamily family) {
        List<SliceEndpoint> endpoints = new ArrayList<>();
        for (Fields address : subset.objects("addresses")) {
            endpoint(address, family, true).ifPresent(endpoints::add);
        }
        for (Fields address : subset.objects("notReadyAddresses")) {
            endpoint(address, family, false).ifPresent(endpoints::add);
        }
        return endpoints;
    }

    /** An unready address is not serving either: it may not be used where nothing is ready (rules E-4, C-5). */
    private static Optional<SliceEndpoint> endpoint(Fields address, AddressFamily family, boolean ready) {
        Fields target = address.object("targetRef");
        boolean pod = "Pod".equals(target.text("kind"));
        return family.canonical(address.text("ip", ""))
                .map(ip -> new SliceEndpoint(
                        ip,
                        ready,
                        ready,
                        false,
                        new Locality(address.text("nodeName"), null),
                        address.text("hostname"),
                        pod ? target.text("uid") : null,
                        pod ? target.text("name") : null,
                        List.of(),
                        List.of()));
    }
}
