package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads API objects as they may come: unknown fields skipped; absent, null and (for texts) empty are one (rules A-9, P-8, W-1). */
public final class Json {
    private Json() {}

    /** A text, or null if it is absent, null or empty. */
    public static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    public static String text(JsonNode object, String field, String otherwise) {
        String text = text(object, field);
        return text == null ? otherwise : text;
    }

    static boolean flag(JsonNode object, String field, boolean otherwise) {
        return object.path(field).asBoolean(otherwise);
    }

    /** The elements of a list; none if it is absent or null. */
    static Iterable<JsonNode> list(JsonNode object, String field) {
        return object.path(field);
    }

    static List<String> texts(JsonNode object, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list(object, field)) {
            if (element.isTextual()) {
                texts.add(element.textValue());
            }
        }
        return texts;
    }

    /** True if {@code status.conditions} has that one as True; absent and Unknown are no. */
    static boolean condition(JsonNode object, String type) {
        for (JsonNode condition : list(object.path("status"), "conditions")) {
            if (type.equals(text(condition, "type"))) {
                return "True".equals(text(condition, "status"));
            }
        }
        return false;
    }

    static ObjectName id(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObjectName(text(metadata, "namespace", ""), text(metadata, "name", ""));
    }

    public static String version(JsonNode object) {
        return text(object.path("metadata"), "resourceVersion", "");
    }
}
