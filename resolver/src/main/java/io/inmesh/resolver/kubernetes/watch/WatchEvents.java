package io.inmesh.resolver.kubernetes.watch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.ObjectReader;
import io.inmesh.resolver.kubernetes.object.ReadObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads what the API sends: lists, and the lines of a watch. Pure functions. */
public final class WatchEvents {
    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

    private WatchEvents() {}

    /** One line of a watch. */
    public sealed interface Event<T> {}

    /** ADDED or MODIFIED: the object is this now. One with a deletion timestamp is live until it is removed (rule W-15). */
    public record Put<T>(T object, ObjectName id, String version) implements Event<T> {}

    /** DELETED; the object shows the last content (rule W-15). */
    public record Removed<T>(T object, ObjectName id, String version) implements Event<T> {}

    /**
     * BOOKMARK: everything up to this version has been sent (rule W-3).
     *
     * @param endsList it was the last of what existed when a streamed list began (rule W-9)
     */
    record Bookmark<T>(String version, boolean endsList) implements Event<T> {}

    /** ERROR: the stream is over (rules W-5, W-10). */
    record Failed<T>(Refusal refusal) implements Event<T> {}

    /** A type not known here: skipped (rule W-1). */
    record Unknown<T>() implements Event<T> {}

    /** A complete list. */
    record Listed<T>(List<T> objects, String version) {}

    static <T> Event<T> event(byte[] line, int length, ObjectReader<T> read) throws IOException {
        try (JsonParser json = Json.parser(line, 0, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("an event was expected and no JSON object came");
            }
            String type = null;
            Event<T> event = new Unknown<>();
            TokenBuffer early = null; // An object before its type, which the API server never sends so.
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                if (field.equals("type")) {
                    type = json.getValueAsString();
                } else if (!field.equals("object")) {
                    json.skipChildren();
                } else if (type != null) {
                    event = event(type, json, read);
                } else {
                    early = new TokenBuffer(json);
                    early.copyCurrentStructure(json);
                }
            }
            return early == null || type == null ? event : event(type, begun(early), read);
        }
    }

    private static JsonParser begun(TokenBuffer tokens) throws IOException {
        JsonParser json = tokens.asParser();
        json.nextToken();
        return json;
    }

    private static <T> Event<T> event(String type, JsonParser json, ObjectReader<T> read) throws IOException {
        switch (type) {
            case "ADDED", "MODIFIED" -> {
                ReadObject<T> now = read.read(json);
                return new Put<>(now.object(), now.id(), now.version());
            }
            case "DELETED" -> {
                ReadObject<T> last = read.read(json);
                return new Removed<>(last.object(), last.id(), last.version());
            }
            case "BOOKMARK" -> {
                JsonNode object = Json.tree(json);
                JsonNode annotations = object.path("metadata").path("annotations");
                return new Bookmark<>(
                        Json.version(object),
                        annotations.path(INITIAL_EVENTS_END).asBoolean());
            }
            case "ERROR" -> {
                JsonNode said = Json.tree(json);
                return new Failed<>(Refusal.of(said.path("code").asInt(), said, null, null));
            }
            default -> {
                json.skipChildren();
                return new Unknown<>();
            }
        }
    }

    /** Reads a list one object at a time, so that a large one never stands in memory as a tree. */
    static <T> Listed<T> list(byte[] body, int length, ObjectReader<T> read) throws IOException {
        List<T> objects = new ArrayList<>();
        JsonNode metadata = MissingNode.getInstance();
        try (JsonParser json = Json.parser(body, 0, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a list was expected and no JSON object came");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        objects.add(read.read(json).object());
                    }
                } else if (field.equals("metadata")) {
                    metadata = Json.tree(json);
                } else {
                    json.skipChildren();
                }
            }
        }
        String version = Json.text(metadata, "resourceVersion", "");
        if (version.isEmpty()) {
            throw new IOException("the list has no metadata.resourceVersion, so nothing can be watched from it");
        }
        if (Json.text(metadata, "continue") != null) { // W-17
            throw new IOException("the list is one page of several, though no page was asked for");
        }
        return new Listed<>(objects, version);
    }

    /** A Status object, or nothing if it is none: proxies answer in HTML, and the code says enough. */
    static JsonNode status(byte[] body) {
        try (JsonParser json = Json.parser(body, 0, body.length)) {
            JsonNode status = Json.tree(json);
            return status != null && status.isObject() ? status : MissingNode.getInstance();
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
