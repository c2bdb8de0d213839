package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads Service objects ({@code v1}) into the few fields that resolving needs. */
public final class ServiceReader {
    private static final String ANNOTATION_PREFIX = "inmesh.io/";
    private static final int DEFAULT_AFFINITY_SECONDS = 10800; // Rule Y-1.
    private static final int MAX_AFFINITY_SECONDS = 86400;

    private ServiceReader() {}

    public static ServiceObject read(JsonNode object) {
        Fields fields = Fields.of(object);
        Fields metadata = fields.object("metadata");
        Fields spec = fields.object("spec");
        ServiceKind kind = kind(spec);
        return new ServiceObject(
                Json.id(object),
                metadata.text("uid", ""),
                Json.version(object),
                kind,
                families(spec, kind),
                ports(spec),
                kind == ServiceKind.EXTERNAL_NAME ? spec.text("externalName", "") : "",
                spec.text("internalTrafficPolicy", "Cluster"),
                ExposureReader.read(fields),
                spec.map("selector"), // Absent and empty are one: something else writes the endpoints (rule S-4).
                affinity(spec, kind),
                annotations(metadata));
    }

    private static ServiceKind kind(Fields spec) {
        if ("ExternalName"
                .equals(spec.text("type"))) { // First, since a stray cluster IP means nothing there (rule S-3).
            return ServiceKind.EXTERNAL_NAME;
        }
        return "None".equals(spec.text("clusterIP")) ? ServiceKind.HEADLESS : ServiceKind.VIRTUAL_IP;
    }

    /** Rule F-2. Where nothing tells (an address not allocated yet), both families are possible, as for headless ones. */
    private static List<AddressFamily> families(Fields spec, ServiceKind kind) {
        if (kind == ServiceKind.EXTERNAL_NAME) {
            return List.of();
        }
        List<AddressFamily> said = spec.texts("ipFamilies").stream()
                .flatMap(name -> AddressFamily.named(name).stream())
                .distinct()
                .toList();
        if (!said.isEmpty()) {
            return said;
        }
        return AddressFamily.of(spec.text("clusterIP", ""))
                .map(List::of)
                .orElse(List.of(AddressFamily.IPV4, AddressFamily.IPV6));
    }

    private static List<ServicePort> ports(Fields spec) {
        List<ServicePort> ports = new ArrayList<>();
        for (Fields port : spec.objects("ports")) {
            Optional<Protocol> protocol = Protocol.named(port.text("protocol", "TCP")); // The default is rule P-4.
            protocol.ifPresent(known -> ports.add(new ServicePort(
                    port.text("name", ""),
                    known,
                    port.number("port", 0),
                    port.number("nodePort", 0),
                    port.text("appProtocol"))));
        }
        return ports;
    }

    private static @Nullable Duration affinity(Fields spec, ServiceKind kind) {
        if (kind != ServiceKind.VIRTUAL_IP || !"ClientIP".equals(spec.text("sessionAffinity"))) {
            return null; // Y-7: it has no effect on the other kinds.
        }
        Fields config = spec.object("sessionAffinityConfig").object("clientIP");
        int seconds = config.number("timeoutSeconds", DEFAULT_AFFINITY_SECONDS);
        boolean valid = seconds >= 1 && seconds <= MAX_AFFINITY_SECONDS; // The API server admits nothing else.
        return Duration.ofSeconds(valid ? seconds : DEFAULT_AFFINITY_SECONDS);
    }

    private static Map<String, String> annotations(Fields metadata) {
        Map<String, String> ours = new HashMap<>();
        metadata.map("annotations").forEach((key, value) -> {
            if (key.startsWith(ANNOTATION_PREFIX)) {
                ours.put(key.substring(ANNOTATION_PREFIX.length()), value);
            }
        });
        return ours;
    }
}
