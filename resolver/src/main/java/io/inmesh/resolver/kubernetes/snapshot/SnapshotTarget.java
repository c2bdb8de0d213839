package io.inmesh.resolver.kubernetes.snapshot;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a snapshot is of: everything that decides which endpoints there are, by name. What was known under other terms (of another
 * cluster, through Endpoints) is never used.
 *
 * @param terms names and what they say; nothing secret
 */
public record SnapshotTarget(NavigableMap<String, String> terms) {
    static final String PREFIX = "inmesh-";
    static final String SUFFIX = ".json";

    private static final int MAX_READABLE = 100;
    private static final int HASH_LENGTH = 16; // 64 bits; the terms in the file are compared besides.

    /** Copies the terms. */
    public SnapshotTarget {
        terms = Collections.unmodifiableNavigableMap(new TreeMap<>(terms));
    }

    /** The terms of a question, in that cluster. */
    public static SnapshotTarget of(String cluster, Map<String, String> terms) {
        NavigableMap<String, String> all = new TreeMap<>(terms);
        all.put("cluster", cluster);
        return new SnapshotTarget(all);
    }

    /**
     * The name of its file: the main terms for people, in letters, digits, dots and hyphens that every file system takes, and a hash of all of
     * them, since names that differ may read alike.
     */
    public String fileName() {
        String readable = Stream.of("host", "service", "pods", "namespace", "port")
                .map(terms::get)
                .filter(term -> term != null && !term.isEmpty())
                .map(SnapshotTarget::safe)
                .collect(Collectors.joining("."));
        String cut = readable.length() > MAX_READABLE ? readable.substring(0, MAX_READABLE) : readable;
        return PREFIX + cut + "-" + sha256(unambiguous()).substring(0, HASH_LENGTH) + SUFFIX;
    }

    private static String safe(String term) {
        return term.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    }

    /** Each text with its length before it, so that no two maps are written alike. */
    private byte[] unambiguous() {
        StringBuilder all = new StringBuilder();
        terms.forEach((name, says) -> all.append(name.length())
                .append(':')
                .append(name)
                .append(says.length())
                .append(':')
                .append(says));
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM lacks SHA-256 (expected: every JVM has it)", e);
        }
    }
}
