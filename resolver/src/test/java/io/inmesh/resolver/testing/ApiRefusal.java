package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer that is not what was asked for: the Status object of the API, in the words of the real server. */
final class ApiRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ObjectNode status;

    private ApiRefusal(ObjectNode status) {
        super(status.path("message").asText());
        this.status = status;
    }

    /** Any refusal. */
    static ApiRefusal of(int code, String reason, String message) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", message).put("reason", reason);
        status.putObject("details");
        status.put("code", code);
        return new ApiRefusal(status);
    }

    static ApiRefusal badRequest(String message) {
        return of(400, "BadRequest", message);
    }

    static ApiRefusal unauthorized() {
        return of(401, "Unauthorized", "Unauthorized");
    }

    static ApiRefusal forbidden(String user, String verb, ResourceType type, String scope) {
        String message = type.qualifiedName() + " is forbidden: User \"" + user + "\" cannot " + verb + " resource \""
                + type.plural() + "\" in API group \"" + type.group() + "\" " + scope;
        return of(403, "Forbidden", message).detail("group", type.group()).detail("kind", type.plural());
    }

    static ApiRefusal unknownResource() {
        return of(404, "NotFound", "the server could not find the requested resource");
    }

    static ApiRefusal noSuchObject(ResourceType type, String name) {
        return named(of(404, "NotFound", type.qualifiedName() + " \"" + name + "\" not found"), type, name);
    }

    static ApiRefusal alreadyThere(ResourceType type, String name) {
        return named(of(409, "AlreadyExists", type.qualifiedName() + " \"" + name + "\" already exists"), type, name);
    }

    static ApiRefusal conflict(ResourceType type, String name, String why) {
        String message = "Operation cannot be fulfilled on " + type.qualifiedName() + " \"" + name + "\": " + why;
        return named(of(409, "Conflict", message), type, name);
    }

    private static ApiRefusal named(ApiRefusal refusal, ResourceType type, String name) {
        return refusal.detail("name", name).detail("group", type.group()).detail("kind", type.plural());
    }

    static ApiRefusal tooOld(long asked, long oldest) {
        return of(410, "Expired", "too old resource version: " + asked + " (" + oldest + ")");
    }

    static ApiRefusal tooLarge(long asked, long current) {
        ApiRefusal refusal =
                of(504, "Timeout", "Timeout: Too large resource version: " + asked + ", current: " + current);
        refusal.details()
                .putArray("causes")
                .addObject()
                .put("reason", "ResourceVersionTooLarge")
                .put("message", "Too large resource version");
        return refusal.retryAfter(1);
    }

    static ApiRefusal invalidListOptions(String field, String what) {
        String message = "Forbidden: " + what;
        ApiRefusal refusal = of(422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: " + field + ": " + message)
                .detail("group", "meta.k8s.io")
                .detail("kind", "ListOptions");
        refusal.details()
                .putArray("causes")
                .addObject()
                .put("reason", "FieldValueForbidden")
                .put("message", message)
                .put("field", field);
        return refusal;
    }

    ApiRefusal retryAfter(long seconds) {
        details().put("retryAfterSeconds", seconds);
        return this;
    }

    private ApiRefusal detail(String key, String value) {
        if (!value.isEmpty()) {
            details().put(key, value);
        }
        return this;
    }

    private ObjectNode details() {
        return (ObjectNode) status.get("details");
    }

    int code() {
        return status.get("code").asInt();
    }

    /** Seconds to wait before asking again, or -1 if it does not say. */
    long retryAfterSeconds() {
        JsonNode seconds = details().get("retryAfterSeconds");
        return seconds == null ? -1 : seconds.asLong();
    }

    /** The Status object as text. */
    String json() {
        return status.toString();
    }
}
