package io.inmesh.balancer.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Names that users type: letter case does not matter and {@code _} equals {@code -}; an unknown one is answered with the nearest. */
public final class Names {
    private Names() {}

    /** The one spelling of a name. */
    public static String normalize(String name) {
        return name.trim().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The refusal of an unknown name: what it is, the nearest valid one if it is near, and all valid ones.
     *
     * @param what what the name should have been, such as {@code policy}
     */
    public static IllegalArgumentException unknown(String what, String name, Collection<String> valid) {
        String hint = nearest(name, valid)
                .map(near -> ", did you mean '" + near + "'?")
                .orElse("");
        return new IllegalArgumentException(what + " '" + name + "' is unknown" + hint + " (valid: "
                + String.join(", ", new TreeSet<>(valid)) + ")");
    }

    /** The valid name with the fewest edits from that one, if no more than half of its letters differ. */
    static Optional<String> nearest(String name, Collection<String> valid) {
        String wanted = normalize(name);
        return valid.stream()
                .min(Comparator.comparingInt((String candidate) -> edits(wanted, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> edits(wanted, candidate) <= Math.max(1, candidate.length() / 2));
    }

    /** Levenshtein's distance. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
