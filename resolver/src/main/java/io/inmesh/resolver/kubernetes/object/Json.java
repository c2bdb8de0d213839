package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads API objects as they may come: unknown fields skipped; absent, null and (for texts) empty are one (rules A-9, P-8, W-1). From a
 * parser, what is of another type than the API gives it is refused with {@link UnreadableException}; in a tree it counts as absent here,
 * {@link Fields} refuse it.
 */
public final class Json {
    /** When that happened which slices or Endpoints were last changed for (rule A-15). */
    static final String TRIGGER_ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    private static final int MOST_SHOWN = 60; // Characters of a value that is refused.

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

    /** The name of the first field of the object that the parser stands at; null, and past it, if it has none or is null. */
    static @Nullable String firstField(JsonParser json) throws IOException {
        return isExpected(json, json.isExpectedStartObjectToken(), "an object") ? json.nextFieldName() : null;
    }

    /** Stands at the first element of the list that the parser stands at; false, and past it, if it has none or is null. */
    static boolean firstElement(JsonParser json) throws IOException {
        return isExpected(json, json.isExpectedStartArrayToken(), "a list") && json.nextToken() != JsonToken.END_ARRAY;
    }

    /** True at a text that is not empty. */
    static boolean hasText(JsonParser json) throws IOException {
        return isExpected(json, json.hasToken(JsonToken.VALUE_STRING), "a text") && json.getTextLength() > 0;
    }

    /** The text that the parser stands at, or null if it is null or empty. */
    static @Nullable String text(JsonParser json) throws IOException {
        return hasText(json) ? json.getText() : null;
    }

    static String text(JsonParser json, String otherwise) throws IOException {
        return hasText(json) ? json.getText() : otherwise;
    }

    /** The flag that the parser stands at; null is absent. */
    static boolean flag(JsonParser json, boolean otherwise) throws IOException {
        boolean said = isExpected(json, json.currentToken().isBoolean(), "true or false");
        return said ? json.getBooleanValue() : otherwise;
    }

    /** The number that the parser stands at, 0 if it is null. */
    static int number(JsonParser json) throws IOException {
        boolean whole = json.hasToken(JsonToken.VALUE_NUMBER_INT) && json.getNumberType() == JsonParser.NumberType.INT;
        return isExpected(json, whole, "a whole number of at most 32 bits") ? json.getIntValue() : 0;
    }

    /** False at null. */
    private static boolean isExpected(JsonParser json, boolean expected, String what) throws IOException {
        if (!expected && !json.hasToken(JsonToken.VALUE_NULL)) {
            throw refusal(json, what);
        }
        return expected;
    }

    /** What the parser stands at is not that. */
    static UnreadableException refusal(JsonParser json, String expected) throws IOException {
        JsonToken token = json.currentToken();
        String value = token == JsonToken.START_ARRAY
                ? "a list"
                : token == JsonToken.START_OBJECT ? "an object" : json.getText();
        return refusal(path(json.getParsingContext()), value, expected);
    }

    /** Names field, value and expectation. */
    static UnreadableException refusal(String path, String value, String expected) {
        String shown = value.length() <= MOST_SHOWN ? value : value.substring(0, MOST_SHOWN) + "...";
        return new UnreadableException(path + ": " + shown + " (expected: " + expected + ")");
    }

    /** Where a parser stands: {@code items[3].ports[0].port}. */
    static String path(@Nullable JsonStreamContext at) {
        if (at == null) {
            return "";
        }
        String outer = path(at.getParent());
        if (at.inArray()) {
            return at.hasCurrentIndex() ? outer + "[" + at.getCurrentIndex() + "]" : outer;
        }
        String name = at.inObject() ? at.getCurrentName() : null;
        return name == null ? outer : outer.isEmpty() ? name : outer + "." + name;
    }

    /** Stands at the last token of the value in which the parser got stuck, that value being a field of the object of that context. */
    static void leaveField(JsonParser json, JsonStreamContext of) throws IOException {
        while (json.getParsingContext() != of && isWithin(json.getParsingContext(), of)) {
            if (json.nextToken() == null) {
                throw new IOException("the JSON ends in the middle of an object");
            }
        }
    }

    private static boolean isWithin(@Nullable JsonStreamContext inner, JsonStreamContext outer) {
        return inner != null && (inner == outer || isWithin(inner.getParent(), outer));
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

    public static ObjectName id(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObjectName(text(metadata, "namespace", ""), text(metadata, "name", ""));
    }

    public static String version(JsonNode object) {
        return text(object.path("metadata"), "resourceVersion", "");
    }
}
