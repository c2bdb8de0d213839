package io.inmesh.balancer.attempt;

import java.util.Locale;
import java.util.Set;

/** What is known, before a request is sent, of the harm that sending it twice may do. */
public enum Safety {
    /** May do something each time: repeated only if the peer certainly did not process it. */
    UNSAFE,
    /** Twice is as good as once: the method says so, or the caller declared it. */
    IDEMPOTENT;

    private static final Set<String> IDEMPOTENT_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** The safety of an HTTP method (RFC 9110, section 9.2.2). */
    public static Safety ofHttpMethod(String method) {
        return IDEMPOTENT_METHODS.contains(method.toUpperCase(Locale.ROOT)) ? IDEMPOTENT : UNSAFE;
    }
}
