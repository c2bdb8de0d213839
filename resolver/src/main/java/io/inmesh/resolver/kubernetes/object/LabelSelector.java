package io.inmesh.resolver.kubernetes.object;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A label selector in the API's own syntax (rule I-1), applied here to objects that were watched without it. Everything that the API
 * server takes for a selector is one here, and nothing else. A value.
 */
public final class LabelSelector {
    private static final Pattern NUMBER =
            Pattern.compile("[0-9]+"); // What a label's value can be of what Go reads as one.

    private final List<Predicate<Function<String, @Nullable String>>> requirements;

    LabelSelector(List<Predicate<Function<String, @Nullable String>>> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** Reads one; empty if the API server would refuse it, or if it is none at all (rule I-2). */
    public static Optional<LabelSelector> parse(String text) {
        return new LabelSelectorParser(text).parse();
    }

    /**
     * True if labels satisfy it.
     *
     * @param labels the value of a label, or null where there is none
     */
    public boolean matches(Function<String, @Nullable String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.test(labels));
    }

    /** The label is there, or is not. */
    static Predicate<Function<String, @Nullable String>> exists(String key, boolean wanted) {
        return labels -> (labels.apply(key) != null) == wanted;
    }

    /** I-1: {@code !=} and {@code notin} match objects without the key. */
    static Predicate<Function<String, @Nullable String>> isIn(String key, Set<String> values, boolean wanted) {
        Set<String> copy = Set.copyOf(values);
        return labels -> {
            String value = labels.apply(key);
            return (value != null && copy.contains(value)) == wanted;
        };
    }

    /**
     * The label is a number greater (1) or less (-1) than that.
     *
     * @return null if the limit is no number of 64 bits
     */
    static @Nullable Predicate<Function<String, @Nullable String>> compares(String key, int sign, String limit) {
        Long than = number(limit);
        if (than == null) {
            return null;
        }
        return labels -> {
            Long value = number(labels.apply(key));
            return value != null && Integer.signum(value.compareTo(than)) == sign;
        };
    }

    private static @Nullable Long number(@Nullable String text) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            return null;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) { // More than 64 bits are no number to the API either.
            return null;
        }
    }
}
