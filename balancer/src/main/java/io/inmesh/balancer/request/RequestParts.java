package io.inmesh.balancer.request;

import io.inmesh.balancer.config.KeyConfig;
import io.inmesh.balancer.config.RequestPart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the parts of a request that the configuration names. */
public final class RequestParts {
    /** Between the parts of one key, so that {@code ab, c} is another one than {@code a, bc}. No header has it. */
    private static final char BETWEEN = '\n';

    private RequestParts() {}

    /**
     * The key of a request: the first of those configured that it has. A key of several parts is there if one of them is, as in gRFC A42.
     *
     * @return null if the request has none
     */
    public static @Nullable String keyOf(KeyConfig config, RequestHead request) {
        for (List<RequestPart> parts : config.from()) {
            String key = joined(parts, request);
            if (key != null) {
                return key;
            }
        }
        return null;
    }

    private static @Nullable String joined(List<RequestPart> parts, RequestHead request) {
        if (parts.size() == 1) {
            return valueOf(parts.get(0), request);
        }
        StringBuilder key = new StringBuilder();
        boolean found = false;
        for (RequestPart part : parts) {
            String value = valueOf(part, request);
            if (value != null) {
                key.append(value);
                found = true;
            }
            key.append(BETWEEN);
        }
        return found ? key.toString() : null;
    }

    /** What the request has there, or null. An empty text is nothing. */
    public static @Nullable String valueOf(RequestPart part, RequestHead request) {
        String value =
                switch (part.kind()) {
                    case HEADER -> String.join(",", request.headers(part.name()));
                    case COOKIE -> cookie(part.name(), request);
                    case PATH -> request.path();
                    case METHOD -> request.method();
                };
        return value == null || value.isEmpty() ? null : value;
    }

    /** The first cookie of that name (RFC 6265, section 4.2). */
    private static @Nullable String cookie(String name, RequestHead request) {
        for (String header : request.headers("cookie")) {
            for (int begin = 0; begin < header.length(); ) {
                int semicolon = header.indexOf(';', begin);
                int end = semicolon < 0 ? header.length() : semicolon;
                int equals = header.indexOf('=', begin);
                if (equals >= 0
                        && equals < end
                        && header.substring(begin, equals).trim().equals(name)) {
                    return unquoted(header.substring(equals + 1, end).trim());
                }
                begin = end + 1;
            }
        }
        return null;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
