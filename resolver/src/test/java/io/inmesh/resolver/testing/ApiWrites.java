package io.inmesh.resolver.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * Creates, updates, patches and deletes objects as the API does, where clients of services can see it: names and namespaces must
 * agree, versions and uids given are conditions (409), what is not there is not found (404). It adds no defaults, admits everything and
 * knows no finalizers; patches are JSON merge patches.
 *
 * <p>Threads: any; each write is undisturbed by others.
 */
final class ApiWrites {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final ResourceStore store;

    ApiWrites(ResourceStore store) {
        this.store = store;
    }

    ObjectNode create(ResourceType type, ApiRequest request, String body) {
        ObjectNode given = parsed(body);
        ObjectNode object = placed(type, request, given);
        ObjectNode metadata = object.withObject("/metadata");
        return store.undisturbed(() -> {
            if (metadata.path("name").asText().isEmpty()) {
                String prefix = metadata.path("generateName").asText();
                if (prefix.isEmpty()) {
                    throw ApiRefusal.badRequest("name or generateName is required");
                }
                metadata.put("name", prefix + Long.toString(store.version() + 1, 36));
            }
            String name = metadata.path("name").asText();
            if (store.find(type, namespaceOf(request), name) != null) {
                throw ApiRefusal.alreadyThere(type, name);
            }
            metadata.remove("uid");
            return store.put(type, object);
        });
    }

    ObjectNode update(ResourceType type, ApiRequest request, String body) {
        ObjectNode object = placed(type, request, parsed(body));
        String name = nameOf(request);
        return store.undisturbed(() -> {
            checkConditions(type, existing(type, request), object.path("metadata"));
            if (!name.equals(object.at("/metadata/name").asText())) {
                throw ApiRefusal.badRequest("the name of the object ("
                        + object.at("/metadata/name").asText() + ") does not match the name on the URL (" + name + ")");
            }
            return store.put(type, object);
        });
    }

    ObjectNode patch(ResourceType type, ApiRequest request, String body) {
        String contentType = String.valueOf(request.header("content-type"));
        if (!contentType.startsWith(MERGE_PATCH)) {
            throw ApiRefusal.of(
                    415,
                    "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include: " + MERGE_PATCH);
        }
        ObjectNode patch = parsed(body);
        return store.undisturbed(() -> {
            ObjectNode before = existing(type, request);
            checkConditions(type, before, patch.path("metadata"));
            ObjectNode after = before.deepCopy();
            merge(after, patch);
            return store.put(type, after);
        });
    }

    ObjectNode delete(ResourceType type, ApiRequest request, String body) {
        JsonNode conditions =
                body.isBlank() ? JSON.createObjectNode() : parsed(body).path("preconditions");
        return store.undisturbed(() -> {
            ObjectNode before = existing(type, request);
            checkConditions(type, before, conditions);
            store.delete(type, namespaceOf(request), nameOf(request));
            ObjectNode status = JsonNodeFactory.instance.objectNode();
            status.put("kind", "Status").put("apiVersion", "v1");
            status.putObject("metadata");
            status.put("status", "Success");
            status.putObject("details")
                    .put("name", nameOf(request))
                    .put("kind", type.plural())
                    .put("uid", before.at("/metadata/uid").asText());
            return status;
        });
    }

    private static String nameOf(ApiRequest request) {
        String name = request.name();
        if (name == null) {
            throw ApiRefusal.of(
                    405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        }
        return name;
    }

    private static String namespaceOf(ApiRequest request) {
        String namespace = request.namespace();
        return namespace == null ? "" : namespace;
    }

    private ObjectNode existing(ResourceType type, ApiRequest request) {
        ObjectNode found = store.find(type, namespaceOf(request), nameOf(request));
        if (found == null) {
            throw ApiRefusal.noSuchObject(type, nameOf(request));
        }
        return found;
    }

    private static void checkConditions(ResourceType type, ObjectNode before, JsonNode conditions) {
        String name = before.at("/metadata/name").asText();
        String uid = conditions.path("uid").asText();
        if (!uid.isEmpty() && !uid.equals(before.at("/metadata/uid").asText())) {
            throw ApiRefusal.conflict(
                    type,
                    name,
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: "
                            + before.at("/metadata/uid").asText());
        }
        String version = conditions.path("resourceVersion").asText();
        if (!version.isEmpty()
                && !version.equals(before.at("/metadata/resourceVersion").asText())) {
            throw ApiRefusal.conflict(
                    type,
                    name,
                    "the object has been modified; please apply your changes to the latest version and try again");
        }
    }

    /** The object with kind, version and namespace as the path says. */
    private static ObjectNode placed(ResourceType type, ApiRequest request, ObjectNode object) {
        String kind = object.path("kind").asText(type.kind());
        if (!kind.equals(type.kind())) {
            throw ApiRefusal.badRequest("kind " + kind + " (expected: " + type.kind() + ")");
        }
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        ObjectNode metadata = object.withObject("/metadata");
        String namespace = namespaceOf(request);
        String said = metadata.path("namespace").asText(namespace);
        if (!said.equals(namespace)) {
            throw ApiRefusal.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the" + " request");
        }
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            if (field.getValue().isNull()) {
                target.remove(field.getKey());
            } else if (field.getValue() instanceof ObjectNode inner) {
                JsonNode before = target.get(field.getKey());
                ObjectNode into = before instanceof ObjectNode object ? object : target.putObject(field.getKey());
                merge(into, inner);
            } else {
                target.set(field.getKey(), field.getValue());
            }
        }
    }

    private static ObjectNode parsed(String body) {
        try {
            if (JSON.readTree(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw ApiRefusal.badRequest("the object provided is unrecognized: " + e.getOriginalMessage());
        }
        throw ApiRefusal.badRequest("the object provided is unrecognized (expected: a JSON object)");
    }
}
