package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Locality;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pod of a service, as far as clients can see it.
 *
 * <pre>{@code
 * ScriptedPod pod = ScriptedPod.of("orders-1", "127.0.0.2").on("node-1", "zone-a").withPort("grpc", 40213);
 * }</pre>
 *
 * @param name name, unique in its service
 * @param addresses its address, or one of each family
 * @param place where it runs
 * @param state what its conditions say
 * @param ports numbers of its named container ports
 * @param annotations annotations of the pod object
 * @param hostname its stable name inside the service (rule H-2), or null
 * @param hints for whom it is meant (rule T-1); if there are none, what the service's traffic distribution makes of it
 */
public record ScriptedPod(
        String name,
        List<String> addresses,
        Locality place,
        State state,
        Map<String, Integer> ports,
        Map<String, String> annotations,
        @Nullable String hostname,
        Hints hints) {

    // Only that it is set counts: which moment it names says nothing to clients.
    private static final String DELETED_AT = "2026-01-02T00:00:00Z";

    /** Where a pod is in its life. */
    public enum State {
        /** Serves. */
        READY,
        /** Does not serve, or not yet. */
        UNREADY,
        /** Was told to end and still serves. */
        DRAINING,
        /** Was told to end and serves no more. */
        ENDING;

        boolean isServing() {
            return this == READY || this == DRAINING;
        }

        boolean isTerminating() {
            return this == DRAINING || this == ENDING;
        }
    }

    /**
     * Zones and nodes an endpoint is meant for.
     *
     * @param zones zones by name
     * @param nodes nodes by name
     */
    public record Hints(List<String> zones, List<String> nodes) {
        /** For anybody. */
        public static final Hints NONE = new Hints(List.of(), List.of());

        /** Freezes both. */
        public Hints {
            zones = List.copyOf(zones);
            nodes = List.copyOf(nodes);
        }
    }

    /** Freezes what can be changed from outside. */
    public ScriptedPod {
        addresses = List.copyOf(addresses);
        ports = Map.copyOf(ports);
        annotations = Map.copyOf(annotations);
    }

    /** A ready pod at an unknown place, with its address or one of each family. */
    public static ScriptedPod of(String name, String... addresses) {
        return new ScriptedPod(
                name, List.of(addresses), Locality.UNKNOWN, State.READY, Map.of(), Map.of(), null, Hints.NONE);
    }

    /** The same pod on that node in that zone. */
    public ScriptedPod on(String node, String zone) {
        return new ScriptedPod(name, addresses, new Locality(node, zone), state, ports, annotations, hostname, hints);
    }

    /** The same pod in another state. */
    public ScriptedPod in(State newState) {
        return new ScriptedPod(name, addresses, place, newState, ports, annotations, hostname, hints);
    }

    /** The same pod with one more named container port. */
    public ScriptedPod withPort(String portName, int number) {
        Map<String, Integer> more = new HashMap<>(ports);
        more.put(portName, number);
        return new ScriptedPod(name, addresses, place, state, more, annotations, hostname, hints);
    }

    /** The same pod with one more annotation. */
    public ScriptedPod withAnnotation(String key, String value) {
        Map<String, String> more = new HashMap<>(annotations);
        more.put(key, value);
        return new ScriptedPod(name, addresses, place, state, ports, more, hostname, hints);
    }

    /** The same pod with a stable name. */
    public ScriptedPod withHostname(@Nullable String newHostname) {
        return new ScriptedPod(name, addresses, place, state, ports, annotations, newHostname, hints);
    }

    /** The same pod, meant for those. */
    public ScriptedPod withHints(Hints newHints) {
        return new ScriptedPod(name, addresses, place, state, ports, annotations, hostname, newHints);
    }

    /** The pod object, with those labels. */
    public ObjectNode toJson(String namespace, Map<String, String> labels) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", "Pod").put("apiVersion", "v1");
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("name", name).put("namespace", namespace);
        putAll(metadata.putObject("labels"), labels);
        if (!annotations.isEmpty()) {
            putAll(metadata.putObject("annotations"), annotations);
        }
        if (state.isTerminating()) {
            metadata.put("deletionTimestamp", DELETED_AT);
        }
        ObjectNode spec = json.putObject("spec");
        if (place.node() != null) {
            spec.put("nodeName", place.node());
        }
        ArrayNode containerPorts =
                spec.putArray("containers").addObject().put("name", "main").putArray("ports");
        ports.forEach((portName, number) -> containerPorts
                .addObject()
                .put("name", portName)
                .put("containerPort", number)
                .put("protocol", "TCP"));
        ObjectNode status = json.putObject("status");
        status.put("phase", "Running").put("podIP", addresses.get(0));
        ArrayNode podIps = status.putArray("podIPs");
        addresses.forEach(address -> podIps.addObject().put("ip", address));
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", state.isServing() ? "True" : "False");
        return json;
    }

    private static void putAll(ObjectNode json, Map<String, String> entries) {
        entries.forEach(json::put);
    }
}
