package io.inmesh.resolver.kubernetes.object;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a label selector as the API server does: the grammar of {@code Parse} in {@code k8s.io/apimachinery/pkg/labels}, with its checks of
 * keys and values. Blanks stand anywhere between words; {@code in} and {@code notin} are words of the language only behind a key. Used once.
 */
final class LabelSelectorParser {
    private static final String SYMBOLS = "=!<>(),";
    private static final String BLANKS = " \t\r\n";
    private static final Set<String> OPERATORS = Set.of("=", "==", "!=", "<", ">", "in", "notin");
    private static final String END = "";

    private static final int MAX_NAME = 63;
    private static final int MAX_PREFIX = 253;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private final List<String> words = new ArrayList<>();
    private int next;

    LabelSelectorParser(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (SYMBOLS.indexOf(c) >= 0) {
                end += (c == '=' || c == '!') && text.startsWith("=", end) ? 1 : 0;
            } else if (BLANKS.indexOf(c) < 0) {
                while (end < text.length() && (SYMBOLS + BLANKS).indexOf(text.charAt(end)) < 0) {
                    end++;
                }
            }
            if (BLANKS.indexOf(c) < 0) {
                words.add(text.substring(at, end));
            }
            at = end;
        }
    }

    Optional<LabelSelector> parse() {
        List<Predicate<Function<String, @Nullable String>>> requirements = new ArrayList<>();
        do {
            Predicate<Function<String, @Nullable String>> requirement = requirement();
            if (requirement == null) {
                return Optional.empty();
            }
            requirements.add(requirement);
        } while (take(","));
        return peek().equals(END) ? Optional.of(new LabelSelector(requirements)) : Optional.empty();
    }

    /** The word that comes next, without taking it. */
    private String peek() {
        return next < words.size() ? words.get(next) : END;
    }

    private String take() {
        String word = peek();
        next++;
        return word;
    }

    private boolean take(String expected) {
        boolean there = peek().equals(expected);
        next += there ? 1 : 0;
        return there;
    }

    private static boolean isSymbol(String word) {
        return word.equals(END) || SYMBOLS.indexOf(word.charAt(0)) >= 0;
    }

    private @Nullable Predicate<Function<String, @Nullable String>> requirement() {
        boolean absent = take("!");
        String key = take();
        if (isSymbol(key) || !isKey(key)) {
            return null;
        }
        if (absent || peek().equals(",") || peek().equals(END)) {
            return LabelSelector.exists(key, !absent);
        }
        String operator = take();
        if (!OPERATORS.contains(operator)) {
            return null;
        }
        boolean set = operator.equals("in") || operator.equals("notin");
        Set<String> values = set ? values() : value();
        if (values == null || !values.stream().allMatch(LabelSelectorParser::isValue)) {
            return null;
        }
        return switch (operator) {
            case "<", ">" ->
                LabelSelector.compares(
                        key, operator.equals(">") ? 1 : -1, values.iterator().next());
            case "!=", "notin" -> LabelSelector.isIn(key, values, false);
            default -> LabelSelector.isIn(key, values, true);
        };
    }

    /** One value; nothing is the empty one. */
    private @Nullable Set<String> value() {
        if (peek().equals(END) || peek().equals(",")) {
            return Set.of("");
        }
        String value = take();
        return isSymbol(value) ? null : Set.of(value);
    }

    /** Values in parentheses; nothing before, between or behind commas is the empty one, but nothing at all is none. */
    private @Nullable Set<String> values() {
        if (!take("(") || peek().equals(")")) {
            return null;
        }
        Set<String> values = new HashSet<>();
        do {
            boolean empty = peek().equals(",") || peek().equals(")");
            String value = empty ? "" : take();
            if (!empty && isSymbol(value)) {
                return null;
            }
            values.add(value);
        } while (take(","));
        return take(")") ? values : null;
    }

    private static boolean isKey(String key) {
        int slash = key.indexOf('/');
        String prefix = key.substring(0, Math.max(0, slash));
        boolean prefixed = slash < 0
                || (prefix.length() <= MAX_PREFIX && PREFIX.matcher(prefix).matches());
        return prefixed && isName(key.substring(slash + 1));
    }

    private static boolean isValue(String value) {
        return value.isEmpty() || isName(value);
    }

    private static boolean isName(String text) {
        return text.length() <= MAX_NAME && NAME.matcher(text).matches();
    }
}
