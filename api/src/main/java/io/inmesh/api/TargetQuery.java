package io.inmesh.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The part of a target behind {@code ?}: {@code key=value} pairs joined by {@code &}, bytes outside the plain ones as {@code %XX}. */
final class TargetQuery {
    static final String PODS = "pods";
    static final String NAMESPACE = "namespace";
    static final String PORT = "port";
    static final String PROTOCOL = "protocol";

    /** Keys that say what is reached. */
    static final Set<String> KUBERNETES_KEYS = Set.of(PODS, NAMESPACE, PORT, PROTOCOL);

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String PLAIN = "-._~:,()!*";

    private TargetQuery() {}

    /** Copies settings; refuses keys that could not be printed and read back as what they are. */
    static Map<String, String> settings(Map<String, String> parameters, Set<String> reserved) {
        parameters.forEach((key, value) -> {
            if (key.isEmpty() || reserved.contains(key) || !key.equals(ServiceName.lowerCase(key))) {
                throw new InvalidTargetException("parameter '" + key + "' (expected: a key in lower case, none of "
                        + new TreeSet<>(reserved) + ")");
            }
            checkCharacters(key);
            checkCharacters(value);
        });
        return Map.copyOf(parameters);
    }

    /** Refuses control characters, which belong into no name, header or log line, and halves of surrogate pairs, which no encoding keeps. */
    static void checkCharacters(String text) {
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                throw new InvalidTargetException(String.format(
                        "'%s' contains U+%04X (expected: neither control characters nor halves of surrogate pairs)",
                        text, c));
            }
        });
    }

    /** Reads a query, keys in lower case; throws {@link InvalidTargetException} saying what is wrong, without the accepted forms. */
    static Map<String, String> parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new InvalidTargetException("query part '" + pair + "' (expected: key=value)");
            }
            String key = ServiceName.lowerCase(decode(pair.substring(0, equals)));
            if (parameters.put(key, decode(pair.substring(equals + 1))) != null) {
                throw new InvalidTargetException("query key '" + key + "' is given twice");
            }
        }
        return parameters;
    }

    /** Prints parameters in the order of their keys, and the protocol if it is not the default one; empty if there is nothing to say. */
    static String print(Map<String, String> parameters, Protocol protocol) {
        Map<String, String> all = new TreeMap<>(parameters);
        if (protocol != Protocol.TCP) {
            all.put(PROTOCOL, protocol.lowerCase());
        }
        return all.isEmpty()
                ? ""
                : all.entrySet().stream()
                        .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                        .collect(Collectors.joining("&", "?", ""));
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letterOrDigit || PLAIN.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static String decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.write(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new InvalidTargetException("'" + text + "' has a '%' without two hexadecimal digits behind it");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidTargetException("'" + text + "' is not UTF-8 once decoded");
        }
    }
}
