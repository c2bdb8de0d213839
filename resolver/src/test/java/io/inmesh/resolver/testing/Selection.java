package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which objects of a type a request asks for: those of a namespace, with these labels and these fields. */
record Selection(@Nullable String namespace, LabelSelector labels, List<Predicate<JsonNode>> fields) {

    private static final Set<String> METADATA = Set.of("metadata.name", "metadata.namespace");
    private static final Set<String> POD_FIELDS =
            Set.of("spec.nodeName", "spec.serviceAccountName", "status.phase", "status.podIP");

    /** All of them. */
    static final Selection EVERYTHING = new Selection(null, LabelSelector.parse(null), List.of());

    /** Reads the selectors of a request; throws the refusal that the API would answer. */
    static Selection of(ApiRequest request, ResourceType type) {
        List<Predicate<JsonNode>> fields = new ArrayList<>();
        String name = request.name();
        if (name != null) {
            fields.add(fieldIs("metadata.name", name));
        }
        String text = request.parameter("fieldSelector");
        if (text != null && !text.isBlank()) {
            for (String part : text.split(",", -1)) {
                fields.add(requirement(part.strip(), type));
            }
        }
        return new Selection(request.namespace(), LabelSelector.parse(request.parameter("labelSelector")), fields);
    }

    /** True if the object is one of them. */
    boolean matches(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return (namespace == null || namespace.equals(metadata.path("namespace").asText()))
                && labels.matches(metadata.path("labels"))
                && fields.stream().allMatch(field -> field.test(object));
    }

    private static Predicate<JsonNode> requirement(String part, ResourceType type) {
        String[] sides = part.split("!=|==|=", 2);
        if (sides.length != 2) {
            throw ApiRefusal.badRequest("invalid selector: '" + part + "'; can't understand it");
        }
        String field = sides[0].strip();
        boolean known = METADATA.contains(field) || (type.equals(ResourceType.PODS) && POD_FIELDS.contains(field));
        if (!known) {
            throw ApiRefusal.badRequest("field label not supported: " + field);
        }
        Predicate<JsonNode> equal = fieldIs(field, sides[1].strip());
        return part.contains("!=") ? equal.negate() : equal;
    }

    private static Predicate<JsonNode> fieldIs(String field, String value) {
        String pointer = "/" + field.replace('.', '/');
        return object -> object.at(pointer).asText().equals(value);
    }
}
