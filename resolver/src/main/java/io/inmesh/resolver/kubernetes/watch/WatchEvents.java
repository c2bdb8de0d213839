package io.inmesh.resolver.kubernetes.watch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.resolver.kubernetes.object.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads what the API sends: lists, and the lines of a watch. Pure functions. */
public final class WatchEvents {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private WatchEvents() {}

    /** One line of a watch. */
    public sealed interface Event<T> {}

    /** ADDED or MODIFIED: the object is this now. */
    public record Put<T>(T object, String version) implements Event<T> {}

    /** DELETED; the object shows the last content (rule W-15). */
    public record Removed<T>(T object, String version) implements Event<T> {}

    /** BOOKMARK: everything up to this version has been sent (rule W-3). */
    record Bookmark<T>(String version) implements Event<T> {}

    /** ERROR: the stream is over (rules W-5, W-10). */
    record Failed<T>(int code, String message) implements Event<T> {}

    /** A type not known here: skipped (rule W-1). */
    record Unknown<T>() implements Event<T> {}

    /** A complete list. */
    record Listed<T>(List<T> objects, String version) {}

    static <T> Event<T> event(byte[] line, Function<JsonNode, T> read) throws IOException {
        JsonNode event = MAPPER.readTree(line);
        JsonNode object = event.path("object");
        String version = Json.version(object);
        return switch (Json.text(event, "type", "")) {
            case "ADDED", "MODIFIED" -> new Put<>(read.apply(object), version);
            case "DELETED" -> new Removed<>(read.apply(object), version);
            case "BOOKMARK" -> new Bookmark<>(version);
            case "ERROR" -> new Failed<>(object.path("code").asInt(), statusText(object));
            default -> new Unknown<>();
        };
    }

    /** Reads a list one object at a time, so that a large one never stands in memory as a tree. */
    static <T> Listed<T> list(byte[] body, Function<JsonNode, T> read) throws IOException {
        List<T> objects = new ArrayList<>();
        String version = "";
        try (JsonParser parser = MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a list was expected and no JSON object came");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("items") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        objects.add(read.apply(MAPPER.readTree(parser)));
                    }
                } else if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    version = Json.text(MAPPER.readTree(parser), "resourceVersion", "");
                } else {
                    parser.skipChildren();
                }
            }
        }
        if (version.isEmpty()) {
            throw new IOException("the list has no metadata.resourceVersion, so nothing can be watched from it");
        }
        return new Listed<>(objects, version);
    }

    /** What a Status object says, or nothing if it is none. */
    static String statusText(byte[] body) {
        try {
            JsonNode status = MAPPER.readTree(body);
            return status.isObject() ? statusText(status) : "";
        } catch (IOException e) {
            return ""; // Proxies answer in HTML; the code says enough.
        }
    }

    private static String statusText(JsonNode status) {
        return Json.text(status, "message", Json.text(status, "reason", ""));
    }
}
