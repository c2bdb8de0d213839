package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
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

    /** Endpoints that came before their family, which the API server never sends so. */
    private @Nullable TokenBuffer early;

    SliceDraft(Interner interner, Predicate<ObjectName> services) {
        this.interner = interner;
        this.services = services;
    }

    Slice read(JsonParser json) throws IOException {
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "metadata" -> metadata(json);
                case "addressType" -> {
                    family = AddressFamily.named(Json.text(json)).orElse(null);
                    familyKnown = true;
                }
                case "endpoints" -> endpoints(json);
                case "ports" -> ports(json);
                default -> json.skipChildren();
            }
        }
        if (early != null && family != null) {
            JsonParser again = early.asParser();
            again.nextToken();
            endpoints(again, family);
        }
        ObjectName owner = service == null ? null : new ObjectName(namespace, service);
        return new Slice(new ObjectName(namespace, name), version, owner, family, ports, endpoints, triggered);
    }

    private void metadata(JsonParser json) throws IOException {
        for (String field = Json.firstField(json); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "namespace" -> namespace = sharedText(json, "");
                case "name" -> name = sharedText(json, "");
                case "resourceVersion" -> version = Json.text(json, "");
                case "labels" -> labels(json);
                case "annotations" -> annotations(json);
                default -> json.skipChildren();
            }
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
            early = new TokenBuffer(json);
            early.copyCurrentStructure(json);
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
