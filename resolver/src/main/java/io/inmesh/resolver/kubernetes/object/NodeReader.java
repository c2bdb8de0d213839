package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.resolver.kubernetes.object.NodeObject.Address;
import io.inmesh.resolver.kubernetes.object.NodeObject.AddressKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads Node objects ({@code v1}) into the few fields that resolving needs. */
public final class NodeReader {
    /** The one label that tells a zone (rule T-10), of Nodes and, from 1.35 on, of pods. */
    public static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    private NodeReader() {}

    public static NodeObject read(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new NodeObject(
                Json.text(metadata, "name", ""),
                Json.version(object),
                Json.text(metadata.path("labels"), ZONE_LABEL),
                Json.condition(object, "Ready"),
                addresses(object));
    }

    private static List<Address> addresses(JsonNode object) {
        List<Address> addresses = new ArrayList<>();
        for (JsonNode entry : Json.list(object.path("status"), "addresses")) {
            String text = Json.text(entry, "address");
            for (AddressKind kind : AddressKind.values()) { // InternalDNS and ExternalDNS are of no use: rule S-23.
                if (text != null && kind.toString().equals(Json.text(entry, "type"))) {
                    address(kind, text).ifPresent(addresses::add);
                }
            }
        }
        return addresses;
    }

    private static Optional<Address> address(AddressKind kind, String text) {
        if (kind == AddressKind.HOSTNAME) {
            return Optional.of(new Address(kind, text, null));
        }
        return AddressFamily.of(text)
                .flatMap(family -> family.canonical(text).map(canonical -> new Address(kind, canonical, family)));
    }
}
