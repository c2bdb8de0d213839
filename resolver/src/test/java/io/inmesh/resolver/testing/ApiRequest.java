package io.inmesh.resolver.testing;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as the server received it, for assertions and for choosing which requests a fault meets.
 *
 * @param method HTTP method
 * @param path path, decoded, without the query
 * @param query parameters, decoded; of one given twice the last
 * @param headers names in lower case; of one given twice the last
 */
public record ApiRequest(String method, String path, Map<String, String> query, Map<String, String> headers) {

    /** Freezes both maps. */
    public ApiRequest {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** {@code get}, {@code list}, {@code watch}, {@code create} and so on, as rights name it. */
    public String verb() {
        return switch (method) {
            case "GET" -> isWatch() ? "watch" : name() == null ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "DELETE" -> name() == null ? "deletecollection" : "delete";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }

    /** True if it asks for a watch. */
    public boolean isWatch() {
        return isTrue("watch");
    }

    /** True if it asks for objects of that type. */
    public boolean isFor(ResourceType type) {
        return ApiPath.parse(path).filter(parsed -> parsed.leadsTo(type)).isPresent();
    }

    /** True if it asks for that with objects of that type: {@code is("watch", ResourceType.SERVICES)}. */
    public boolean is(String wantedVerb, ResourceType type) {
        return verb().equals(wantedVerb) && isFor(type);
    }

    /** The namespace it is limited to, or null. */
    public @Nullable String namespace() {
        return ApiPath.parse(path).map(ApiPath::namespace).orElse(null);
    }

    /** The one object it asks for by path, or null. */
    public @Nullable String name() {
        return ApiPath.parse(path).map(ApiPath::name).orElse(null);
    }

    /** The value of a query parameter, or null. */
    public @Nullable String parameter(String key) {
        return query.get(key);
    }

    /** The value of a header, or null. */
    public @Nullable String header(String key) {
        return headers.get(key.toLowerCase(Locale.ROOT));
    }

    /** Always true: the predicate that any request fits, as {@code ApiRequest::any}. */
    public static boolean any(ApiRequest request) {
        return request != null;
    }

    boolean isTrue(String key) {
        String value = query.getOrDefault(key, "false");
        return value.equals("true") || value.equals("1");
    }

    /** Leaves the headers out: one of them carries the token. */
    @Override
    public String toString() {
        return method + " " + path + " " + query;
    }
}
