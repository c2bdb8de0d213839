package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A change of the store, as the log keeps it. The objects are never changed after they came here.
 *
 * @param type what changed
 * @param kind ADDED, MODIFIED or DELETED
 * @param version the resource version that the change created
 * @param object the object after the change; for DELETED its last content under the new version (rule W-15)
 * @param previous the object before, or null if there was none
 * @param json {@code object} as text, written once for all watches
 */
record StoreEvent(
        ResourceType type,
        Kind kind,
        long version,
        ObjectNode object,
        @Nullable ObjectNode previous,
        String json) {

    enum Kind {
        ADDED,
        MODIFIED,
        DELETED
    }

    StoreEvent(ResourceType type, Kind kind, long version, ObjectNode object, @Nullable ObjectNode previous) {
        this(type, kind, version, object, previous, object.toString());
    }

    /** The line that a watch over that selection gets, without the line end; empty if the change is none of its business. */
    Optional<String> lineFor(Selection selection) {
        boolean matches = kind != Kind.DELETED && selection.matches(object);
        ObjectNode before = kind == Kind.ADDED ? null : previous;
        boolean matched = before != null && selection.matches(before);
        if (matches) {
            return Optional.of(line(matched ? Kind.MODIFIED : Kind.ADDED, json));
        }
        if (before == null || !matched) {
            return Optional.empty();
        }
        // It left the selection: its last matching content, under the version of the change (rule A-11).
        return Optional.of(line(Kind.DELETED, kind == Kind.DELETED ? json : underVersion(before, version)));
    }

    static String underVersion(ObjectNode object, long version) {
        ObjectNode copy = object.deepCopy();
        copy.withObject("/metadata").put("resourceVersion", Long.toString(version));
        return copy.toString();
    }

    private static String line(Kind kind, String json) {
        return "{\"type\":\"" + kind + "\",\"object\":" + json + "}";
    }
}
