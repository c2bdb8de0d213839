package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a policy is told besides its name, or a room of the configuration. Every refusal names key, value and what was expected.
 *
 * @param policy the policy's or room's name, which its keys begin with
 * @param values texts by key, without that name
 */
public record PolicySettings(String policy, Map<String, String> values) {

    /** Copies the values. */
    public PolicySettings {
        Objects.requireNonNull(policy, "policy");
        values = Map.copyOf(values);
    }

    /** Any text that is not blank. */
    public String text(String key, String byDefault) {
        String text = values.get(key);
        if (text != null && text.isBlank()) {
            throw refusal(key, text, "a text that is not blank", null);
        }
        return text == null ? byDefault : text.trim();
    }

    /** Texts between commas, none of them blank; empty if nothing is said. */
    public List<String> list(String key) {
        String text = values.get(key);
        if (text == null || text.isBlank()) {
            return List.of();
        }
        List<String> all = Arrays.stream(text.split(",", -1)).map(String::trim).toList();
        if (all.contains("")) {
            throw refusal(key, text, "texts between commas, none of them blank", null);
        }
        return all;
    }

    /** {@code NAME=VALUE} between commas, in their order; empty if nothing is said. */
    public Map<String, String> pairs(String key) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : list(key)) {
            int equals = pair.indexOf('=');
            if (equals < 1
                    || pairs.put(
                                    pair.substring(0, equals).trim(),
                                    pair.substring(equals + 1).trim())
                            != null) {
                throw refusal(key, values.getOrDefault(key, ""), "NAME=VALUE between commas, each name once", null);
            }
        }
        return pairs;
    }

    /** A whole number from {@code least} to {@code most}. */
    public int whole(String key, int byDefault, int least, int most) {
        String text = values.get(key);
        return text == null ? byDefault : wholeOf(key, text, least, most);
    }

    /** The same out of a text that is part of what the key says. */
    int wholeOf(String key, String text, int least, int most) {
        String expected = "a whole number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(text.trim());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refusal(key, text, expected, e);
        }
        throw refusal(key, text, expected, null);
    }

    /** A number from {@code least} to {@code most}. */
    public double number(String key, double byDefault, double least, double most) {
        String text = values.get(key);
        if (text == null) {
            return byDefault;
        }
        String expected = "a number from " + least + " to " + most;
        try {
            double number = Double.parseDouble(text.trim());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw refusal(key, text, expected, e);
        }
        throw refusal(key, text, expected, null);
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean byDefault) {
        String text = values.get(key);
        if (text == null) {
            return byDefault;
        }
        return switch (Names.normalize(text)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refusal(key, text, "true or false", null);
        };
    }

    /** A time above zero such as {@code 10s}, {@code 250ms}, {@code 5m}, {@code 24h}; at most a year. */
    public Duration duration(String key, Duration byDefault) {
        String text = values.get(key);
        if (text == null) {
            return byDefault;
        }
        String expected = "a time above zero and of at most a year, such as 250ms, 10s, 5m or 24h";
        String spelled = text.trim().toLowerCase(Locale.ROOT);
        int digits = 0;
        while (digits < spelled.length() && Character.isDigit(spelled.charAt(digits))) {
            digits++;
        }
        try {
            long amount = Long.parseLong(spelled.substring(0, digits));
            Duration found =
                    switch (spelled.substring(digits)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ZERO;
                    };
            if (!found.isZero() && found.compareTo(Ranges.YEAR) <= 0) {
                return found;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            throw refusal(key, text, expected, e);
        }
        throw refusal(key, text, expected, null);
    }

    /** The same, or {@code off} for zero. */
    public Duration durationOrOff(String key, Duration byDefault) {
        String text = values.get(key);
        return text != null && Names.normalize(text).equals("off") ? Duration.ZERO : duration(key, byDefault);
    }

    /** The number in {@code p95} or {@code p99.9}, above 0 and below 100; 0 if the text begins otherwise, or nothing is said. */
    double percentile(String key) {
        String text = values.get(key);
        String spelled = text == null ? "" : Names.normalize(text);
        if (text == null || !spelled.startsWith("p")) {
            return 0;
        }
        String expected = "off, a time such as 20ms, or a percentile above p0 and below p100, such as p95";
        try {
            double percentile = Double.parseDouble(spelled.substring(1));
            if (percentile > 0 && percentile < 100) {
                return percentile;
            }
        } catch (NumberFormatException e) {
            throw refusal(key, text, expected, e);
        }
        throw refusal(key, text, expected, null);
    }

    /** The same, or {@code on} for the usual one. */
    Duration durationOrSwitch(String key, Duration byDefault, Duration usual) {
        String text = values.get(key);
        return text != null && Names.normalize(text).equals("on") ? usual : durationOrOff(key, byDefault);
    }

    /** One of a type's constants, in the one spelling of {@link Names}. */
    public <E extends Enum<E>> E choice(String key, E byDefault) {
        String text = values.get(key);
        if (text == null) {
            return byDefault;
        }
        E[] all = byDefault.getDeclaringClass().getEnumConstants();
        return Arrays.stream(all)
                .filter(each -> spelling(each).equals(Names.normalize(text)))
                .findFirst()
                .orElseThrow(() -> refusal(
                        key,
                        text,
                        Arrays.stream(all)
                                .map(PolicySettings::spelling)
                                .collect(Collectors.joining(", ", "one of ", "")),
                        null));
    }

    /**
     * For the constructors of policies, which code may call: refuses what {@link #number} would refuse.
     *
     * @param policy the policy's name
     */
    public static void check(String policy, String key, double value, double least, double most) {
        Ranges.check(policy, key, value, least, most);
    }

    /** The same for a time, as {@link #duration} has it. */
    public static void check(String policy, String key, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Ranges.YEAR) > 0) {
            throw new IllegalArgumentException(
                    policy + "." + key + ": " + value + " (expected: a time above zero and of at most a year)");
        }
    }

    /** A constant as users type it. */
    public static String spelling(Enum<?> constant) {
        return Names.normalize(constant.name());
    }

    private IllegalArgumentException refusal(String key, String text, String expected, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                policy + "." + key + ": '" + text + "' (expected: " + expected + ")", cause);
    }
}
