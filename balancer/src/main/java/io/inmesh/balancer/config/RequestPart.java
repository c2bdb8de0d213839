package io.inmesh.balancer.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A part of a request that can be read before the request is placed, in whatever protocol: {@code header:x-user}, {@code cookie:sid}, {@code path} or
 * {@code method}.
 *
 * @param kind which kind of part
 * @param name the header's or cookie's name; empty for the other kinds. Those of headers are lower case
 */
public record RequestPart(Kind kind, String name) {
    /** What gRPC takes as a header's name, and programs as a cookie's. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    /** gRPC's headers of this kind carry bytes, not text. */
    private static final String BINARY = "-bin";

    /** The kinds of parts. */
    public enum Kind {
        /** A header; in gRPC an entry of the call's metadata. */
        HEADER,
        /** A cookie. */
        COOKIE,
        /** The path without its query; in gRPC {@code /package.Service/Method}. */
        PATH,
        /** The method: {@code GET}; in gRPC {@code package.Service/Method}. */
        METHOD;

        boolean isNamed() {
            return this == HEADER || this == COOKIE;
        }
    }

    /** Checks the name. */
    public RequestPart {
        if (kind.isNamed() ? !NAME.matcher(name).matches() : !name.isEmpty()) {
            throw new IllegalArgumentException("name of a " + PolicySettings.spelling(kind) + ": '" + name
                    + (kind.isNamed() ? "' (expected: letters, digits, '-', '_' and '.')" : "' (expected: none)"));
        }
        if (kind == Kind.HEADER) {
            name = name.toLowerCase(Locale.ROOT);
            if (name.endsWith(BINARY)) {
                throw new IllegalArgumentException(
                        "header '" + name + "' (expected: one of text; names in " + BINARY + " are gRPC's bytes)");
            }
        }
    }

    /**
     * Reads one as users type it.
     *
     * @param key where it stands, for the refusal
     * @param whole everything that stands there, likewise
     * @throws IllegalArgumentException if it is none of {@code kinds}
     */
    static RequestPart parse(String key, String whole, String text, List<Kind> kinds) {
        int colon = text.indexOf(':');
        String kind = Names.normalize(colon < 0 ? text : text.substring(0, colon));
        String name = colon < 0 ? "" : text.substring(colon + 1).trim();
        for (Kind each : kinds) {
            if (PolicySettings.spelling(each).equals(kind) && each.isNamed() == colon >= 0) {
                try {
                    return new RequestPart(each, name);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(key + ": '" + whole + "': " + e.getMessage(), e);
                }
            }
        }
        String expected = kinds.stream()
                .map(each -> PolicySettings.spelling(each) + (each.isNamed() ? ":NAME" : ""))
                .reduce((first, second) -> first + ", " + second)
                .orElseThrow();
        throw new IllegalArgumentException(
                key + ": '" + whole + "': '" + text.trim() + "' (expected: " + expected + ")");
    }

    /** As users type it. */
    @Override
    public String toString() {
        return PolicySettings.spelling(kind) + (kind.isNamed() ? ":" + name : "");
    }
}
