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
        JsonNode spec = object.path("spec");
        ServiceKind kind = kind(spec);
        return new ServiceObject(
                Json.id(object),
                Json.text(object.path("metadata"), "uid", ""),
                Json.version(object),
                kind,
                families(spec, kind),
                ports(spec),
                kind == ServiceKind.EXTERNAL_NAME ? Json.text(spec, "externalName", "") : "",
                Json.text(spec, "internalTrafficPolicy", "Cluster"),
                ExposureReader.read(object),
                selector(spec),
                affinity(spec, kind),
                annotations(object));
    }

    private static ServiceKind kind(JsonNode spec) {
        if ("ExternalName"
                .equals(Json.text(spec, "type"))) { // First, since a stray cluster IP means nothing there (rule S-3).
            return ServiceKind.EXTERNAL_NAME;
        }
        return "None".equals(Json.text(spec, "clusterIP")) ? ServiceKind.HEADLESS : ServiceKind.VIRTUAL_IP;
    }

    /** Rule F-2. Where nothing tells (an address not allocated yet), both families are possible, as for headless ones. */
    private static List<AddressFamily> families(JsonNode spec, ServiceKind kind) {
        if (kind == ServiceKind.EXTERNAL_NAME) {
            return List.of();
        }
        List<AddressFamily> said = Json.texts(spec, "ipFamilies").stream()
                .flatMap(name -> AddressFamily.named(name).stream())
                .distinct()
                .toList();
        if (!said.isEmpty()) {
            return said;
        }
        return AddressFamily.of(Json.text(spec, "clusterIP", ""))
                .map(List::of)
                .orElse(List.of(AddressFamily.IPV4, AddressFamily.IPV6));
    }

    private static List<ServicePort> ports(JsonNode spec) {
        List<ServicePort> ports = new ArrayList<>();
        for (JsonNode port : Json.list(spec, "ports")) {
            Optional<Protocol> protocol =
                    Protocol.named(Json.text(port, "protocol", "TCP")); // The default is rule P-4.
            protocol.ifPresent(known -> ports.add(new ServicePort(
                    Json.text(port, "name", ""),
                    known,
                    port.path("port").asInt(),
                    port.path("nodePort").asInt(0),
                    Json.text(port, "appProtocol"))));
        }
        return ports;
    }

    private static @Nullable Duration affinity(JsonNode spec, ServiceKind kind) {
        if (kind != ServiceKind.VIRTUAL_IP || !"ClientIP".equals(Json.text(spec, "sessionAffinity"))) {
            return null; // Y-7: it has no effect on the other kinds.
        }
        JsonNode config = spec.path("sessionAffinityConfig").path("clientIP");
        int seconds = config.path("timeoutSeconds").asInt(DEFAULT_AFFINITY_SECONDS);
        boolean valid = seconds >= 1 && seconds <= MAX_AFFINITY_SECONDS; // The API server admits nothing else.
        return Duration.ofSeconds(valid ? seconds : DEFAULT_AFFINITY_SECONDS);
    }

    /** Absent and empty are one: something else writes the endpoints (rule S-4). */
    private static Map<String, String> selector(JsonNode spec) {
        Map<String, String> selector = new HashMap<>();
        spec.path("selector")
                .properties()
                .forEach(entry -> selector.put(entry.getKey(), entry.getValue().asText()));
        return selector;
    }

    private static Map<String, String> annotations(JsonNode object) {
        Map<String, String> ours = new HashMap<>();
        object.path("metadata").path("annotations").properties().forEach(entry -> {
            if (entry.getKey().startsWith(ANNOTATION_PREFIX)) {
                ours.put(
                        entry.getKey().substring(ANNOTATION_PREFIX.length()),
                        entry.getValue().asText());
            }
        });
        return ours;
    }
}
