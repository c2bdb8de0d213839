package io.inmesh.resolver.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Label selectors of lists and watches, every form of rule I-1; the empty one matches everything (rule I-2). */
final class LabelSelector {
    private static final String KEY = "([A-Za-z0-9][A-Za-z0-9._/-]*)";
    private static final String VALUE = "([A-Za-z0-9._-]*)";
    private static final Pattern EXISTS = Pattern.compile("(!?)\\s*" + KEY);
    private static final Pattern COMPARISON = Pattern.compile(KEY + "\\s*(==|=|!=|<|>)\\s*" + VALUE);
    private static final Pattern MEMBERSHIP = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");

    private final List<Predicate<JsonNode>> requirements;

    private LabelSelector(List<Predicate<JsonNode>> requirements) {
        this.requirements = requirements;
    }

    /** Reads a selector; throws the refusal that the API would answer. */
    static LabelSelector parse(@Nullable String text) {
        List<Predicate<JsonNode>> requirements = new ArrayList<>();
        for (String part : splitOutsideParentheses(text == null ? "" : text)) {
            requirements.add(requirement(part));
        }
        return new LabelSelector(requirements);
    }

    /** True if these labels, or their absence, satisfy every requirement. */
    boolean matches(JsonNode labels) {
        return requirements.stream().allMatch(requirement -> requirement.test(labels));
    }

    private static List<String> splitOutsideParentheses(String text) {
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
        String last = text.substring(start).strip();
        if (!last.isEmpty() || !parts.isEmpty()) {
            parts.add(last);
        }
        return parts;
    }

    private static Predicate<JsonNode> requirement(String part) {
        Matcher exists = EXISTS.matcher(part);
        if (exists.matches()) {
            boolean wanted = exists.group(1).isEmpty();
            String key = exists.group(2);
            return labels -> labels.has(key) == wanted;
        }
        Matcher comparison = COMPARISON.matcher(part);
        if (comparison.matches()) {
            return comparison(comparison.group(1), comparison.group(2), comparison.group(3));
        }
        Matcher membership = MEMBERSHIP.matcher(part);
        if (membership.matches()) {
            String key = membership.group(1);
            Set<String> values = Set.of(membership.group(3).strip().split("\\s*,\\s*", -1));
            return membership.group(2).equals("in")
                    ? isIn(key, values)
                    : isIn(key, values).negate();
        }
        throw ApiRefusal.badRequest("unable to parse requirement: '" + part
                + "' (expected: key, !key, key=value, key!=value, key<n, key>n, key in (a,b) or key notin (a,b))");
    }

    private static Predicate<JsonNode> comparison(String key, String operator, String value) {
        return switch (operator) {
            case "=", "==" -> isIn(key, Set.of(value));
            case "!=" -> isIn(key, Set.of(value)).negate();
            default -> compared(key, operator.equals(">") ? 1 : -1, number(value));
        };
    }

    private static Predicate<JsonNode> isIn(String key, Set<String> values) {
        return labels -> labels.has(key) && values.contains(labels.get(key).asText());
    }

    private static Predicate<JsonNode> compared(String key, int sign, long limit) {
        return labels -> {
            String value = labels.path(key).asText();
            return value.matches("-?\\d{1,18}") && Long.compare(Long.parseLong(value), limit) == sign;
        };
    }

    private static long number(String value) {
        if (!value.matches("-?\\d{1,18}")) {
            throw ApiRefusal.badRequest("'" + value + "' (expected: an integer behind < or >)");
        }
        return Long.parseLong(value);
    }
}
