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
import org.jspecify.annotations.Nullable;

/** Reads what the API sends: lists, and the lines of a watch. Pure functions. */
public final class WatchEvents {
    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";

    private static final String NO_NAME = "metadata.name: absent, or no text (expected: a name)";

    private WatchEvents() {}

    /** One line of a watch. */
    public sealed interface Event<T> {

        /** The resource version that it shows, empty if it shows none. */
        default String version() {
            return "";
        }

        /** It tells of one object, and not of the stream. */
        default boolean isOfObject() {
            return this instanceof Put<T> || this instanceof Unread<T> || this instanceof Removed<T>;
        }
    }

    /** ADDED or MODIFIED: the object is this now. One with a deletion timestamp is live until it is removed (rule W-15). */
    public record Put<T>(T object, ObjectName id, String version) implements Event<T> {}

    /**
     * ADDED or MODIFIED, but the object cannot be read: it exists, and what was known of it before may be true still.
     *
     * @param id its name, empty if not even that can be read; only a list can hold such a one
     * @param outline for whom it speaks, and nothing that it says; null if not even that can be read
     */
    public record Unread<T>(
            ObjectName id,
            String version,
            String why,
            @Nullable T outline) implements Event<T> {}

    /** DELETED, whatever the content that the event shows (rules A-3, W-15). */
    public record Removed<T>(ObjectName id, String version) implements Event<T> {}

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

    /** A complete list; apart from the others, the objects of it that cannot be read. */
    record Listed<T>(List<T> objects, List<Unread<T>> unread, String version) {}

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
                checkName(now.id());
                return now instanceof ReadObject.Reduced<T> object
                        ? new Put<>(object.object(), object.id(), object.version())
                        : unread((ReadObject.Unreadable<T>) now);
            }
            case "DELETED" -> {
                JsonNode last = Json.tree(json);
                checkName(Json.id(last));
                return new Removed<>(Json.id(last), Json.version(last));
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

    /** Only a list can tell which object that was. */
    private static void checkName(ObjectName id) throws IOException {
        if (id.name().isEmpty()) {
            throw new IOException("the object of an event has no name that can be read");
        }
    }

    private static <T> Unread<T> unread(ReadObject.Unreadable<T> object) {
        return new Unread<>(object.id(), object.version(), object.why(), object.outline());
    }

    /** Reads a list one object at a time, so that a large one never stands in memory as a tree. */
    static <T> Listed<T> list(byte[] body, int length, ObjectReader<T> read) throws IOException {
        return list(body, length, read, false);
    }

    /** The same, perhaps of some of what exists. */
    static <T> Listed<T> page(byte[] body, int length, ObjectReader<T> read) throws IOException {
        return list(body, length, read, true);
    }

    private static <T> Listed<T> list(byte[] body, int length, ObjectReader<T> read, boolean perhapsPage)
            throws IOException {
        List<T> objects = new ArrayList<>();
        List<Unread<T>> unread = new ArrayList<>();
        boolean hasItems = false;
        JsonNode metadata = MissingNode.getInstance();
        try (JsonParser json = Json.parser(body, 0, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("a list was expected and no JSON object came");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                if (field.equals("items")) {
                    items(json, read, objects, unread);
                    hasItems = true;
                } else if (field.equals("metadata")) {
                    metadata = Json.tree(json);
                } else {
                    json.skipChildren();
                }
            }
        }
        if (!hasItems) {
            throw new IOException("the list has no items, not even an empty list of them");
        }
        String version = Json.text(metadata, "resourceVersion", "");
        if (version.isEmpty()) {
            throw new IOException("the list has no metadata.resourceVersion, so nothing can be watched from it");
        }
        if (!perhapsPage && Json.text(metadata, "continue") != null) { // W-17
            throw new IOException("the list is one page of several, though no page was asked for");
        }
        return new Listed<>(objects, unread, version);
    }

    /** Null is none (rule A-9). Anything else that is no list must not look like an empty one. */
    private static <T> void items(JsonParser json, ObjectReader<T> read, List<T> objects, List<Unread<T>> unread)
            throws IOException {
        if (json.hasToken(JsonToken.VALUE_NULL)) {
            return;
        }
        if (!json.isExpectedStartArrayToken()) {
            throw new IOException("the items of the list are no list");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            ReadObject<T> item = read.read(json);
            if (item instanceof ReadObject.Unreadable<T> unreadable) {
                unread.add(unread(unreadable));
            } else if (item.id().name().isEmpty()) { // It may be any, so none may be concluded to be gone.
                unread.add(new Unread<>(item.id(), item.version(), NO_NAME, null));
            } else {
                objects.add(((ReadObject.Reduced<T>) item).object());
            }
        }
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
