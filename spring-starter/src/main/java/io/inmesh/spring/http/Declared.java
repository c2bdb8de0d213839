package io.inmesh.spring.http;

import io.inmesh.api.PickContext;
import io.inmesh.balancer.attempt.Safety;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;

/**
 * What a caller says of a request by its attributes.
 *
 * @param context key and session
 * @param isIdempotent whether the request may be sent again, whatever its method; null if nothing is said, and its method decides
 */
public record Declared(PickContext context, @Nullable Boolean isIdempotent) {
    /** Attribute with the key of the request. */
    public static final String KEY = "io.inmesh.key";

    /** Attribute with the token of the request's session. */
    public static final String SESSION = "io.inmesh.session";

    /** Attribute that says whether the request is idempotent. */
    public static final String IDEMPOTENT = "io.inmesh.idempotent";

    /**
     * Reads attributes.
     *
     * @throws IllegalArgumentException if one of them is of a wrong type
     */
    public static Declared in(Map<String, Object> attributes) {
        String key = said(attributes, KEY, String.class);
        String session = said(attributes, SESSION, String.class);
        PickContext context = key == null ? PickContext.NONE : PickContext.NONE.withKey(key);
        return new Declared(
                session == null ? context : context.withSession(session), said(attributes, IDEMPOTENT, Boolean.class));
    }

    private static <T> @Nullable T said(Map<String, Object> attributes, String name, Class<T> type) {
        Object value = attributes.get(name);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("request attribute " + name + ": a "
                    + value.getClass().getName() + " (expected: a " + type.getSimpleName() + ")");
        }
        return type.cast(value);
    }

    /** Whether a request of that method may be sent again. */
    public Safety safety(HttpMethod method) {
        if (isIdempotent == null) {
            return Safety.ofHttpMethod(method.name());
        }
        return isIdempotent ? Safety.IDEMPOTENT : Safety.UNSAFE;
    }
}
