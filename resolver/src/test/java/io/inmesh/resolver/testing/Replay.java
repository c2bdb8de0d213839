package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Feeds the store with what another server once sent. */
final class Replay {
    private final ApiState state;

    Replay(ApiState state) {
        this.state = state;
    }

    void load(ObjectNode list) {
        String apiVersion = list.path("apiVersion").asText();
        String kind = list.path("kind").asText().replaceFirst("List$", "");
        ResourceType type = state.typeOf(apiVersion, kind);
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode item : list.path("items")) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            object.put("kind", kind).put("apiVersion", apiVersion);
            item.properties().forEach(field -> object.set(field.getKey(), field.getValue()));
            objects.add(object);
        }
        state.store().restore(type, version(list), objects);
    }

    void line(ObjectNode event) {
        String kind = event.path("type").asText();
        if (!(event.path("object") instanceof ObjectNode object) || !kind.matches("ADDED|MODIFIED|DELETED|BOOKMARK")) {
            throw new IllegalArgumentException("recorded line of type '" + kind
                    + "' (expected: ADDED, MODIFIED, DELETED or BOOKMARK with an object)");
        }
        if (kind.equals("BOOKMARK")) {
            state.store().reach(version(object));
            return;
        }
        ResourceType type = state.typeOf(
                object.path("apiVersion").asText(), object.path("kind").asText());
        state.store().replay(type, StoreEvent.Kind.valueOf(kind), version(object), object);
    }

    private static long version(ObjectNode object) {
        String text = object.path("metadata").path("resourceVersion").asText();
        if (!text.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("metadata.resourceVersion '" + text + "' (expected: a decimal number)");
        }
        return Long.parseLong(text);
    }
}
