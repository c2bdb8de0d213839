package io.inmesh.spring.http;

import io.inmesh.api.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Hosts that the application leaves to the HTTP client, whatever the cluster has: nobody looks for a Service of such a name.
 *
 * @param patterns hosts as URLs name them, case does not matter; {@code *} stands for any characters but {@code .}, as in {@code *.legacy}. Where one
 *     names a service and its namespace, it means each spelling of that
 */
public record ExcludedHosts(List<String> patterns) {
    private static final char ANY = '*';
    private static final Pattern FORM = Pattern.compile("[a-z0-9_*-]+(\\.[a-z0-9_*-]+)*\\.?");

    /**
     * Copies.
     *
     * @throws IllegalArgumentException if a pattern can match no host
     */
    public ExcludedHosts {
        List<String> lower = new ArrayList<>();
        for (String pattern : patterns) {
            check(pattern);
            lower.add(inOneSpelling(pattern));
        }
        patterns = List.copyOf(lower);
    }

    /**
     * Refuses what can match no host.
     *
     * @throws IllegalArgumentException if the pattern is none
     */
    public static void check(String pattern) {
        if (!FORM.matcher(inOneSpelling(pattern)).matches()) {
            throw new IllegalArgumentException(
                    "host '" + pattern
                            + "' (expected: a URL's host without scheme and port, with * for any characters but dots, as in *.legacy)");
        }
    }

    private static String inOneSpelling(String pattern) {
        return pattern.strip().toLowerCase(Locale.ROOT);
    }

    /** Nothing is excluded. */
    public static ExcludedHosts none() {
        return new ExcludedHosts(List.of());
    }

    /** True if one of the patterns is meant by that host, which is in lower case. */
    boolean contains(String host) {
        return patterns.stream().anyMatch(pattern -> pattern.equals(host) || matches(pattern, host));
    }

    /** True if one of them is meant by any other spelling of that service's name, as {@code legacy.shop} is by {@code legacy.shop.svc.cluster.local}. */
    boolean contains(ServiceName name) {
        String qualified = name.service() + "." + name.namespace();
        return contains(name.typed())
                || (name.namespace() != null && (contains(qualified) || contains(qualified + ".svc")));
    }

    private static boolean matches(String pattern, String host) {
        return pattern.indexOf(ANY) >= 0
                && Pattern.matches(
                        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^.]*")),
                        host);
    }
}
