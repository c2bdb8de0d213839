package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object in memory, read strictly: absent, null and (for texts) empty are one (rules A-9, P-8), anything else must be of
 * the type that the API gives it. What is not asked for is not looked at (rule W-1).
 *
 * @param object an object, or nothing
 * @param path where it stands in the API object, for messages; empty for that itself
 */
record Fields(JsonNode object, String path) {

    /** Those of an API object. */
    static Fields of(JsonNode object) {
        if (!object.isObject()) {
            throw refusal("the object", object, "an object");
        }
        return new Fields(object, "");
    }

    /** A text, or null if there is none. */
    @Nullable
    String text(String field) {
        JsonNode value = value(field);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw refusal(pathOf(field), value, "a text");
        }
        return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    String text(String field, String otherwise) {
        String text = text(field);
        return text == null ? otherwise : text;
    }

    int number(String field, int otherwise) {
        JsonNode value = value(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw refusal(pathOf(field), value, "a whole number of at most 32 bits");
        }
        return value.intValue();
    }

    boolean has(String field) {
        return !value(field).isMissingNode();
    }

    /** An object, perhaps without any field. */
    Fields object(String field) {
        JsonNode value = value(field);
        if (!value.isMissingNode() && !value.isObject()) {
            throw refusal(pathOf(field), value, "an object");
        }
        return new Fields(value, pathOf(field));
    }

    /** The objects of a list. */
    List<Fields> objects(String field) {
        List<Fields> objects = new ArrayList<>();
        int index = 0;
        for (JsonNode element : list(field)) {
            String at = pathOf(field) + "[" + index++ + "]";
            if (element.isObject()) {
                objects.add(new Fields(element, at));
            } else if (!element.isNull()) {
                throw refusal(at, element, "an object");
            }
        }
        return objects;
    }

    /** The texts of a list. */
    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        int index = 0;
        for (JsonNode element : list(field)) {
            String at = pathOf(field) + "[" + index++ + "]";
            if (element.isTextual()) {
                texts.add(element.textValue());
            } else if (!element.isNull()) {
                throw refusal(at, element, "a text");
            }
        }
        return texts;
    }

    /** The texts of an object whose fields have names of people's own, as labels have. */
    Map<String, String> map(String field) {
        Map<String, String> map = new HashMap<>();
        Fields inner = object(field);
        inner.object.fieldNames().forEachRemaining(name -> map.put(name, inner.text(name, "")));
        return map;
    }

    private JsonNode list(String field) {
        JsonNode value = value(field);
        if (!value.isMissingNode() && !value.isArray()) {
            throw refusal(pathOf(field), value, "a list");
        }
        return value;
    }

    /** Missing if it is null. */
    private JsonNode value(String field) {
        JsonNode value = object.path(field);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    private String pathOf(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static UnreadableException refusal(String path, JsonNode value, String expected) {
        return Json.refusal(path, value.toString(), expected);
    }
}
