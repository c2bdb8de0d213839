package io.inmesh.resolver.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Everybody everything, until something is required or forbidden.
 *
 * <p>Threads: any.
 */
public final class Access {
    private static final String ANONYMOUS = "system:anonymous";
    private static final String CLIENT = "system:serviceaccount:default:client";

    private record Verb(String verb, ResourceType type) {}

    private final Set<Verb> forbidden = ConcurrentHashMap.newKeySet();

    /** Written by tests, read by every request; null while no token is asked for. */
    private volatile @Nullable String token;

    Access() {}

    /** Requires that bearer token: another one is answered 401, none at all 403. */
    public void requireToken(String requiredToken) {
        token = requiredToken;
    }

    /** Forbids a verb ({@code list}, {@code watch}, {@code create} and so on, as rights name them) on a type, in every namespace. */
    public void forbid(String verb, ResourceType type) {
        forbidden.add(new Verb(verb, type));
    }

    /** Takes that back. */
    public void allow(String verb, ResourceType type) {
        forbidden.remove(new Verb(verb, type));
    }

    @Nullable
    String token() {
        return token;
    }

    void check(ApiRequest request, ResourceType type) {
        String user = user(request);
        if (user.equals(ANONYMOUS) || forbidden.contains(new Verb(request.verb(), type))) {
            String namespace = request.namespace();
            String scope = namespace == null ? "at the cluster scope" : "in the namespace \"" + namespace + "\"";
            throw ApiRefusal.forbidden(user, request.verb(), type, scope);
        }
    }

    private String user(ApiRequest request) {
        String required = token;
        if (required == null) {
            return CLIENT;
        }
        String given = request.header("authorization");
        if (given == null) {
            return ANONYMOUS;
        }
        if (!given.equals("Bearer " + required)) {
            throw ApiRefusal.unauthorized();
        }
        return CLIENT;
    }
}
