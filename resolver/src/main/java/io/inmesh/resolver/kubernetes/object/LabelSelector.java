package io.inmesh.resolver.kubernetes.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A label selector in the API's own syntax (rule I-1), applied here to objects that were watched without it. What is not understood is
 * left to the server to judge. A value.
 */
public final class LabelSelector {
    private static final String KEY =
            "((?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?" + "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)";
    private static final Pattern VALUE = Pattern.compile("(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern EXISTS = Pattern.compile("(!?)\\s*" + KEY);
    private static final Pattern EQUALS = Pattern.compile(KEY + "\\s*(==|=|!=)\\s*(" + VALUE + ")");
    private static final Pattern COMPARES = Pattern.compile(KEY + "\\s*([<>])\\s*(-?\\d{1,18})");
    private static final Pattern IS_IN = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    private final List<Predicate<Function<String, @Nullable String>>> requirements;

    private LabelSelector(List<Predicate<Function<String, @Nullable String>>> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /** Reads one; empty if it is none, or one that is not understood here. */
    public static Optional<LabelSelector> parse(String text) {
        List<Predicate<Function<String, @Nullable String>>> requirements = new ArrayList<>();
        for (String part : parts(text)) {
            Predicate<Function<String, @Nullable String>> requirement = requirement(part);
            if (requirement == null) {
                return Optional.empty();
            }
            requirements.add(requirement);
        }
        return Optional.of(new LabelSelector(requirements));
    }

    /**
     * True if labels satisfy it.
     *
     * @param labels the value of a label, or null where there is none
     */
    public boolean matches(Function<String, @Nullable String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.test(labels));
    }

    /** Between commas outside of parentheses. */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(text.substring(start).strip());
        return parts;
    }

    private static @Nullable Predicate<Function<String, @Nullable String>> requirement(String part) {
        Matcher exists = EXISTS.matcher(part);
        if (exists.matches()) {
            boolean wanted = exists.group(1).isEmpty();
            String key = exists.group(2);
            return labels -> (labels.apply(key) != null) == wanted;
        }
        Matcher equals = EQUALS.matcher(part);
        if (equals.matches()) {
            return isIn(
                    equals.group(1), Set.of(equals.group(3)), !equals.group(2).equals("!="));
        }
        Matcher compares = COMPARES.matcher(part);
        if (compares.matches()) {
            return compares(
                    compares.group(1), compares.group(2).equals(">") ? 1 : -1, Long.parseLong(compares.group(3)));
        }
        Matcher isIn = IS_IN.matcher(part);
        if (isIn.matches()) {
            Set<String> values =
                    Stream.of(isIn.group(3).split(",", -1)).map(String::strip).collect(Collectors.toSet());
            boolean readable =
                    values.stream().allMatch(value -> VALUE.matcher(value).matches());
            return readable ? isIn(isIn.group(1), values, isIn.group(2).equals("in")) : null;
        }
        return null;
    }

    /** I-1: {@code !=} and {@code notin} match objects without the key. */
    private static Predicate<Function<String, @Nullable String>> isIn(String key, Set<String> values, boolean wanted) {
        return labels -> {
            String value = labels.apply(key);
            return (value != null && values.contains(value)) == wanted;
        };
    }

    private static Predicate<Function<String, @Nullable String>> compares(String key, int sign, long limit) {
        return labels -> {
            String value = labels.apply(key);
            return value != null
                    && NUMBER.matcher(value).matches()
                    && Integer.signum(Long.compare(Long.parseLong(value), limit)) == sign;
        };
    }
}
