package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads EndpointSlice objects ({@code discovery.k8s.io/v1}) into the few fields that joining needs. */
public final class SliceReader {
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final int MAX_PORT = 65535;

    private SliceReader() {}

    public static Slice read(JsonNode object) {
        ObjectName id = Json.id(object);
        String service = Json.text(object.path("metadata").path("labels"), SERVICE_LABEL);
        AddressFamily family =
                AddressFamily.named(Json.text(object, "addressType")).orElse(null);
        return new Slice(
                id,
                Json.version(object),
                service == null ? null : new ObjectName(id.namespace(), service),
                family,
                ports(object),
                family == null ? List.of() : endpoints(object, family));
    }

    private static List<SlicePort> ports(JsonNode object) {
        List<SlicePort> ports = new ArrayList<>();
        for (JsonNode port : Json.list(object, "ports")) {
            int number = port.path("port").asInt(0);
            Optional<Protocol> protocol = Protocol.named(Json.text(port, "protocol", "TCP"));
            // A port without a number yields nothing, the others count (rule P-9); so does one of a protocol not known
            // here.
            if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) {
                ports.add(new SlicePort(
                        Json.text(port, "name", ""), protocol.get(), number, Json.text(port, "appProtocol")));
            }
        }
        return ports;
    }

    private static List<SliceEndpoint> endpoints(JsonNode object, AddressFamily family) {
        List<SliceEndpoint> endpoints = new ArrayList<>();
        Map<Locality, Locality> shared = new HashMap<>(); // Many endpoints, few places: one object for each place.
        for (JsonNode endpoint : Json.list(object, "endpoints")) {
            List<String> addresses = Json.texts(endpoint, "addresses");
            if (!addresses.isEmpty()) { // Only the first address counts (rule A-4).
                family.canonical(addresses.get(0))
                        .ifPresent(address -> endpoints.add(endpoint(endpoint, address, shared)));
            }
        }
        return endpoints;
    }

    private static SliceEndpoint endpoint(JsonNode endpoint, String address, Map<Locality, Locality> shared) {
        JsonNode conditions = endpoint.path("conditions");
        Locality place = new Locality(Json.text(endpoint, "nodeName"), Json.text(endpoint, "zone"));
        JsonNode target = endpoint.path("targetRef"); // Optional (rule A-4).
        boolean pod = "Pod".equals(Json.text(target, "kind"));
        return new SliceEndpoint(
                address,
                Json.flag(conditions, "ready", true), // The defaults are rule C-1.
                Json.flag(conditions, "serving", true),
                Json.flag(conditions, "terminating", false),
                shared.computeIfAbsent(place, same -> same),
                Json.text(endpoint, "hostname"),
                pod ? Json.text(target, "uid") : null,
                pod ? Json.text(target, "name") : null,
                hints(endpoint, "forZones"),
                hints(endpoint, "forNodes"));
    }

    private static List<String> hints(JsonNode endpoint, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode hint : Json.list(endpoint.path("hints"), kind)) {
            String name = Json.text(hint, "name");
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }
}
