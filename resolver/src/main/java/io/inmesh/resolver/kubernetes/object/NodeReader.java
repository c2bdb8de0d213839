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
        Fields fields = Fields.of(object);
        Fields metadata = fields.object("metadata");
        Fields status = fields.object("status");
        return new NodeObject(
                metadata.text("name", ""),
                Json.version(object),
                metadata.object("labels").text(ZONE_LABEL),
                isReady(status),
                addresses(status));
    }

    /** True if its condition Ready is True; absent and Unknown are no. */
    static boolean isReady(Fields status) {
        for (Fields condition : status.objects("conditions")) {
            if ("Ready".equals(condition.text("type"))) {
                return "True".equals(condition.text("status"));
            }
        }
        return false;
    }

    private static List<Address> addresses(Fields status) {
        List<Address> addresses = new ArrayList<>();
        for (Fields entry : status.objects("addresses")) {
            String text = entry.text("address");
            for (AddressKind kind : AddressKind.values()) { // InternalDNS and ExternalDNS are of no use: rule S-23.
                if (text != null && kind.toString().equals(entry.text("type"))) {
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
