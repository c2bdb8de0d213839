package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.inmesh.api.Protocol;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One slice while it is being read, field by field in whatever order; fields that are not needed ({@code managedFields} are half of a
 * slice) are skipped without being built.
 *
 * <p>Threads: one.
 */
final class SliceDraft {
    private static final int MAX_PORT = 65535;

    private final Interner interner;
    private final Predicate<ObjectName> services;
    private String namespace = "";
    private String name = "";
    private String version = "";
    private @Nullable String service;
    private @Nullable Instant triggered;
    private boolean familyKnown;
    private @Nullable AddressFamily family;
    private final List<SlicePort> ports = new ArrayList<>();
    private final List<SliceEndpoint> endpoints = new ArrayList<>();

    private @Nullable String problem; // The first one.

    /** Endpoints that came before their family, which the API server never sends so. */
    private @Nullable TokenBuffer early;

    SliceDraft(Interner interner, Predicate<ObjectName> services) {
        this.interner = interner;
        this.services = services;
    }

    /** Whatever is wrong with it, all of it is read, so that at least its name is known. */
    ReadObject<Slice> read(JsonParser json) throws IOException {
        JsonStreamContext outer = json.getParsingContext();
        if (json.isExpectedStartObjectToken()) {
            outer = outer.getParent();
            fields(json, this::field);
        } else {
            problem = UnreadableException.why(Json.refusal("the object", json.getText(), "an object"));
            json.skipChildren();
        }
        ObjectName id = new ObjectName(namespace, name);
        ObjectName owner = service == null ? null : new ObjectName(namespace, service);
        if (problem != null) {
            String prefix = Json.path(outer);
            boolean stands = !prefix.isEmpty() && problem.startsWith(prefix + ".");
            return new ReadObject.Unreadable<>(
                    id, version, stands ? problem.substring(prefix.length() + 1) : problem, outline(id, owner));
        }
        return new ReadObject.Reduced<>(
                id, version, new Slice(id, version, owner, family, ports, endpoints, triggered));
    }

    /** A slice without a label speaks for nobody (rule A-1), but here the label may be what cannot be read. */
    private @Nullable Slice outline(ObjectName id, @Nullable ObjectName owner) {
        return owner == null ? null : new Slice(id, version, owner, family, List.of(), List.of(), null);
    }

    /** Reads a field that the parser stands at. */
    private interface Field {
        void read(String name, JsonParser json) throws IOException;
    }

    /** All fields of an object, the good ones behind a bad one as well. */
    private void fields(JsonParser json, Field read) throws IOException {
        String field = Json.firstField(json);
        JsonStreamContext object = json.getParsingContext();
        while (field != null) {
            json.nextToken();
            try {
                read.read(field, json);
            } catch (RuntimeException e) { // Also what was not thought of costs this object alone.
                problem = problem == null ? UnreadableException.why(e) : problem;
                Json.leaveField(json, object);
            }
            field = json.nextFieldName();
        }
    }

    private void field(String field, JsonParser json) throws IOException {
        switch (field) {
            case "metadata" -> fields(json, this::metadata);
            case "addressType" -> addressType(json);
            case "endpoints" -> endpoints(json);
            case "ports" -> ports(json);
            default -> json.skipChildren();
        }
    }

    private void addressType(JsonParser json) throws IOException {
        String type = Json.text(json);
        family = AddressFamily.named(type).orElse(null);
        if (type != null && family == null && !type.equals("FQDN")) { // F-1
            throw Json.refusal(json, "IPv4, IPv6 or FQDN");
        }
        familyKnown = true;
        if (early != null && family != null) {
            JsonParser again = early.asParser();
            again.nextToken();
            again.nextFieldName();
            again.nextToken();
            endpoints(again, family);
        }
    }

    private void metadata(String field, JsonParser json) throws IOException {
        switch (field) {
            case "namespace" -> namespace = sharedText(json, "");
            case "name" -> name = sharedText(json, "");
            case "resourceVersion" -> version = Json.text(json, "");
            case "labels" -> labels(json);
            case "annotations" -> annotations(json);
            default -> json.skipChildren();
        }
    }

    private void labels(JsonParser json) throws IOException {
        for (String label = Json.firstField(json); label != null; label = json.nextFieldName()) {
            json.nextToken();
            if (label.equals(SliceReader.SERVICE_LABEL)) {
                service = sharedText(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private void annotations(JsonParser json) throws IOException {
        for (String annotation = Json.firstField(json); annotation != null; annotation = json.nextFieldName()) {
            json.nextToken();
            if (annotation.equals(Json.TRIGGER_ANNOTATION)) {
                triggered = Json.instant(Json.text(json));
            } else {
                json.skipChildren();
            }
        }
    }

    private void ports(JsonParser json) throws IOException {
        for (boolean more = Json.firstElement(json); more; more = json.nextToken() != JsonToken.END_ARRAY) {
            port(json);
        }
    }

    private void port(JsonParser json) throws IOException {
        String portName = "";
        String protocolName = "TCP";
        String appProtocol = null;
        int number = 0;
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "name" -> portName = sharedText(json, "");
                case "port" -> number = Json.number(json);
                case "protocol" -> protocolName = sharedText(json, "TCP");
                case "appProtocol" -> appProtocol = sharedText(json);
                default -> json.skipChildren();
            }
        }
        Optional<Protocol> protocol = Protocol.named(protocolName);
        // A port without a number yields nothing, the others count (rule P-9); so does one of a protocol not known
        // here.
        if (number >= 1 && number <= MAX_PORT && protocol.isPresent()) {
            ports.add(new SlicePort(portName, protocol.get(), number, appProtocol));
        }
    }

    private void endpoints(JsonParser json) throws IOException {
        if (service != null && !services.test(new ObjectName(namespace, service))) {
            json.skipChildren(); // Of a service that nobody uses (rule W-14).
        } else if (familyKnown && family != null) {
            endpoints(json, family);
        } else if (familyKnown) {
            json.skipChildren();
        } else {
            early = new TokenBuffer(null, false); // With its name, for messages.
            early.writeStartObject();
            early.writeFieldName("endpoints");
            early.copyCurrentStructure(json);
            early.writeEndObject();
        }
    }

    private void endpoints(JsonParser json, AddressFamily of) throws IOException {
        EndpointDraft draft = new EndpointDraft(interner);
        for (boolean more = Json.firstElement(json); more; more = json.nextToken() != JsonToken.END_ARRAY) {
            draft.read(json, of).ifPresent(endpoints::add);
        }
    }

    private @Nullable String sharedText(JsonParser json) throws IOException {
        return Json.hasText(json) ? interner.text(json) : null;
    }

    private String sharedText(JsonParser json, String otherwise) throws IOException {
        return Json.hasText(json) ? interner.text(json) : otherwise;
    }
}
