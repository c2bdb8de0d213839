package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads API objects as they may come: unknown fields skipped; absent, null and (for texts) empty are one (rules A-9, P-8, W-1). */
public final class Json {
    /** When that happened which slices or Endpoints were last changed for (rule A-15). */
    static final String TRIGGER_ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    private static final ObjectMapper MAPPER = new ObjectMapper();

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

    /** The name of the first field of the object that the parser stands at; null, and past it, if it has none or is no object. */
    static @Nullable String firstField(JsonParser json) throws IOException {
        if (json.isExpectedStartObjectToken()) {
            return json.nextFieldName();
        }
        json.skipChildren();
        return null;
    }

    /** Stands at the first element of the list that the parser stands at; false, and past it, if it has none or is no list. */
    static boolean firstElement(JsonParser json) throws IOException {
        if (json.isExpectedStartArrayToken()) {
            return json.nextToken() != JsonToken.END_ARRAY;
        }
        json.skipChildren();
        return false;
    }

    /** True at a text that is not empty; anything else is skipped. */
    static boolean hasText(JsonParser json) throws IOException {
        json.skipChildren();
        return json.hasToken(JsonToken.VALUE_STRING) && json.getTextLength() > 0;
    }

    /** The text that the parser stands at, or null if it is null, empty or none. */
    static @Nullable String text(JsonParser json) throws IOException {
        return hasText(json) ? json.getText() : null;
    }

    static String text(JsonParser json, String otherwise) throws IOException {
        return hasText(json) ? json.getText() : otherwise;
    }

    /** The flag that the parser stands at; null is absent. */
    static boolean flag(JsonParser json, boolean otherwise) throws IOException {
        json.skipChildren();
        return json.hasToken(JsonToken.VALUE_NULL) ? otherwise : json.getValueAsBoolean(otherwise);
    }

    /** The number that the parser stands at, 0 if it is none. */
    static int number(JsonParser json) throws IOException {
        json.skipChildren();
        return json.getValueAsInt(0);
    }

    /** A moment as RFC 3339 writes it; null if it is absent or cannot be read, which says nothing then either. */
    static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null; // It is for a metric alone: no reason to lose the object, and nobody to tell.
        }
    }

    /** All of the value that the parser stands at. */
    public static JsonNode tree(JsonParser json) throws IOException {
        return MAPPER.readTree(json);
    }

    /** What the whole of a document says, piece by piece. */
    public static JsonParser parser(byte[] bytes, int from, int length) throws IOException {
        return MAPPER.getFactory().createParser(bytes, from, length);
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
