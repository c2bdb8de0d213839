package io.inmesh.resolver.kubernetes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Locality;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An endpoint set as the fields of a JSON object; what is null is left out. Pure. */
final class SetFields {
    private static final String USABLE = "usable";
    private static final String DRAINING = "draining";
    private static final String UNUSABLE = "unusable";

    private SetFields() {}

    static void write(ObjectNode json, EndpointSet set) {
        write(json.putObject("facts"), set.facts());
        Unresolved nothing = set.nothingUsable();
        if (nothing != null) {
            json.putObject("nothingUsable")
                    .put("reason", nothing.reason().name())
                    .put("text", nothing.text());
        }
        ArrayNode endpoints = json.putArray("endpoints");
        set.endpoints().forEach(endpoint -> write(endpoints.addObject(), endpoint));
    }

    private static void write(ObjectNode json, ServiceFacts facts) {
        ServiceKey key = facts.key();
        json.putObject("key")
                .put("scheme", key.scheme())
                .put("namespace", key.namespace())
                .put("service", key.service())
                .put("portName", key.portName())
                .put("protocol", key.protocol().name());
        json.put("uid", facts.uid());
        put(
                json,
                "sessionAffinity",
                facts.sessionAffinity() == null ? null : facts.sessionAffinity().toString());
        ObjectNode annotations = json.putObject("annotations");
        new TreeMap<>(facts.annotations()).forEach(annotations::put);
        put(json, "appProtocol", facts.appProtocol());
        put(json, "alias", facts.alias());
    }

    private static void write(ObjectNode json, Endpoint endpoint) {
        json.put("id", endpoint.id()).put("host", endpoint.host()).put("port", endpoint.port());
        json.put("weight", endpoint.weight());
        put(json, "node", endpoint.locality().node());
        put(json, "zone", endpoint.locality().zone());
        Usability usability = endpoint.usability();
        if (usability instanceof Usability.Draining draining) {
            json.put("usability", DRAINING).put("reason", draining.reason());
        } else if (usability instanceof Usability.Unusable unusable) {
            json.put("usability", UNUSABLE).put("reason", unusable.reason());
        } else {
            json.put("usability", USABLE);
        }
        put(json, "hostname", endpoint.hostname());
        put(json, "pod", endpoint.pod());
    }

    private static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    /**
     * The set, stale.
     *
     * @throws DamagedSnapshotException if a field lacks or is of another type
     * @throws IllegalArgumentException if a value cannot be
     */
    static EndpointSet read(JsonNode json) throws DamagedSnapshotException {
        List<Endpoint> endpoints = new ArrayList<>();
        for (JsonNode endpoint : json.path("endpoints")) {
            endpoints.add(endpoint(endpoint));
        }
        JsonNode nothing = json.path("nothingUsable");
        Unresolved words = nothing.isMissingNode()
                ? null
                : new Unresolved(Reason.valueOf(text(nothing, "reason")), text(nothing, "text"));
        return new EndpointSet(facts(json.path("facts")), 0, endpoints, words, true, null);
    }

    private static ServiceFacts facts(JsonNode json) throws DamagedSnapshotException {
        JsonNode key = json.path("key");
        Map<String, String> annotations = new TreeMap<>();
        JsonNode said = json.path("annotations");
        for (Iterator<String> names = said.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            annotations.put(name, text(said, name));
        }
        String affinity = optional(json, "sessionAffinity");
        return new ServiceFacts(
                new ServiceKey(
                        text(key, "scheme"),
                        text(key, "namespace"),
                        text(key, "service"),
                        text(key, "portName"),
                        Protocol.valueOf(text(key, "protocol"))),
                text(json, "uid"),
                affinity == null ? null : Duration.parse(affinity),
                annotations,
                optional(json, "appProtocol"),
                optional(json, "alias"));
    }

    private static Endpoint endpoint(JsonNode json) throws DamagedSnapshotException {
        return new Endpoint(
                text(json, "id"),
                text(json, "host"),
                number(json, "port"),
                number(json, "weight"),
                new Locality(optional(json, "node"), optional(json, "zone")),
                usability(json),
                optional(json, "hostname"),
                optional(json, "pod"));
    }

    private static Usability usability(JsonNode json) throws DamagedSnapshotException {
        String kind = text(json, "usability");
        return switch (kind) {
            case USABLE -> Usability.usable();
            case DRAINING -> new Usability.Draining(text(json, "reason"));
            case UNUSABLE -> new Usability.Unusable(text(json, "reason"));
            default ->
                throw new DamagedSnapshotException(
                        "usability: '" + kind + "' (expected: " + USABLE + ", " + DRAINING + " or " + UNUSABLE + ")");
        };
    }

    private static @Nullable String optional(JsonNode json, String field) throws DamagedSnapshotException {
        return json.path(field).isMissingNode() ? null : text(json, field);
    }

    private static String text(JsonNode json, String field) throws DamagedSnapshotException {
        String value = json.path(field).textValue();
        if (value == null) {
            throw new DamagedSnapshotException(field + ": " + json.path(field).getNodeType() + " (expected: a text)");
        }
        return value;
    }

    private static int number(JsonNode json, String field) throws DamagedSnapshotException {
        JsonNode value = json.path(field);
        if (!value.isInt()) {
            throw new DamagedSnapshotException(field + ": " + value.getNodeType() + " (expected: a whole number)");
        }
        return value.intValue();
    }
}
