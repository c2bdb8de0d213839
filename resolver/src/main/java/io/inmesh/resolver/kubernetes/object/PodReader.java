package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads Pod objects ({@code v1}) into the few fields that resolving needs. */
public final class PodReader {
    public static final String WEIGHT_ANNOTATION = "inmesh.io/weight";

    private static final int MAX_PORT = 65535;
    private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

    private final @Nullable String weightLabel;
    private final Function<JsonNode, Set<String>> selectors;

    /**
     * A reader.
     *
     * @param weightLabel the label that tells a pod's weight, or null if only the annotation may
     */
    public PodReader(@Nullable String weightLabel) {
        this(weightLabel, labels -> Set.of());
    }

    /**
     * A reader that tells of each pod who selects it.
     *
     * @param weightLabel the label that tells a pod's weight, or null if only the annotation may
     * @param selectors from the labels of a pod those of the selectors in use that select it
     */
    public PodReader(@Nullable String weightLabel, Function<JsonNode, Set<String>> selectors) {
        this.weightLabel = weightLabel;
        this.selectors = selectors;
    }

    public PodObject read(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        JsonNode status = object.path("status");
        JsonNode spec = object.path("spec");
        return new PodObject(
                Json.id(object),
                Json.text(metadata, "uid", ""),
                Json.version(object),
                FINISHED.contains(Json.text(status, "phase", "")),
                Json.condition(object, "Ready"),
                Json.text(metadata, "deletionTimestamp") != null,
                ips(status),
                new Locality(Json.text(spec, "nodeName"), Json.text(metadata.path("labels"), NodeReader.ZONE_LABEL)),
                ports(spec),
                weight(metadata),
                selectors.apply(metadata.path("labels")));
    }

    /** Rule I-4: {@code podIPs}, else {@code podIP}. */
    private static List<String> ips(JsonNode status) {
        List<String> all = new ArrayList<>();
        for (JsonNode entry : Json.list(status, "podIPs")) {
            AddressFamily.canonicalOfAny(Json.text(entry, "ip", "")).ifPresent(all::add);
        }
        if (all.isEmpty()) {
            AddressFamily.canonicalOfAny(Json.text(status, "podIP", "")).ifPresent(all::add);
        }
        return all;
    }

    /** Rule P-6: regular containers first, then init containers that go on running. */
    private static List<PodObject.Port> ports(JsonNode spec) {
        List<PodObject.Port> ports = new ArrayList<>();
        for (JsonNode container : Json.list(spec, "containers")) {
            addPorts(container, ports);
        }
        for (JsonNode container : Json.list(spec, "initContainers")) {
            if ("Always".equals(Json.text(container, "restartPolicy"))) {
                addPorts(container, ports);
            }
        }
        return ports;
    }

    private static void addPorts(JsonNode container, List<PodObject.Port> ports) {
        for (JsonNode port : Json.list(container, "ports")) {
            int number = port.path("containerPort").asInt(0); // hostPort is irrelevant (rule I-5).
            Optional<Protocol> protocol = Protocol.named(Json.text(port, "protocol", "TCP"));
            if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) {
                ports.add(new PodObject.Port(Json.text(port, "name", ""), protocol.get(), number));
            }
        }
    }

    private @Nullable String weight(JsonNode metadata) {
        String label = weightLabel == null ? null : Json.text(metadata.path("labels"), weightLabel);
        return label != null ? label : Json.text(metadata.path("annotations"), WEIGHT_ANNOTATION);
    }
}
