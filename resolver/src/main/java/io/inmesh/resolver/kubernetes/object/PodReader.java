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
        Fields fields = Fields.of(object);
        Fields metadata = fields.object("metadata");
        Fields status = fields.object("status");
        Fields spec = fields.object("spec");
        return new PodObject(
                Json.id(object),
                metadata.text("uid", ""),
                Json.version(object),
                FINISHED.contains(status.text("phase", "")),
                NodeReader.isReady(status),
                metadata.text("deletionTimestamp") != null,
                ips(status),
                new Locality(spec.text("nodeName"), metadata.object("labels").text(NodeReader.ZONE_LABEL)),
                ports(spec),
                weight(metadata),
                selectors.apply(object.path("metadata").path("labels")));
    }

    /** Who selects a pod, of which the rest cannot be read. */
    public PodObject outline(JsonNode object) {
        return new PodObject(
                Json.id(object),
                "",
                Json.version(object),
                false,
                false,
                false,
                List.of(),
                new Locality(null, null),
                List.of(),
                null,
                selectors.apply(object.path("metadata").path("labels")));
    }

    /** Rule I-4: {@code podIPs}, else {@code podIP}. */
    private static List<String> ips(Fields status) {
        List<String> all = new ArrayList<>();
        for (Fields entry : status.objects("podIPs")) {
            AddressFamily.canonicalOfAny(entry.text("ip", "")).ifPresent(all::add);
        }
        if (all.isEmpty()) {
            AddressFamily.canonicalOfAny(status.text("podIP", "")).ifPresent(all::add);
        }
        return all;
    }

    /** Rule P-6: regular containers first, then init containers that go on running. */
    private static List<PodObject.Port> ports(Fields spec) {
        List<PodObject.Port> ports = new ArrayList<>();
        for (Fields container : spec.objects("containers")) {
            addPorts(container, ports);
        }
        for (Fields container : spec.objects("initContainers")) {
            if ("Always".equals(container.text("restartPolicy"))) {
                addPorts(container, ports);
            }
        }
        return ports;
    }

    private static void addPorts(Fields container, List<PodObject.Port> ports) {
        for (Fields port : container.objects("ports")) {
            int number = port.number("containerPort", 0); // hostPort is irrelevant (rule I-5).
            Optional<Protocol> protocol = Protocol.named(port.text("protocol", "TCP"));
            if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) {
                ports.add(new PodObject.Port(port.text("name", ""), protocol.get(), number));
            }
        }
    }

    private @Nullable String weight(Fields metadata) {
        String label = weightLabel == null ? null : metadata.object("labels").text(weightLabel);
        return label != null ? label : metadata.object("annotations").text(WEIGHT_ANNOTATION);
    }
}
