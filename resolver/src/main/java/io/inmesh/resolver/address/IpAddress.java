package io.inmesh.resolver.address;

import java.util.Optional;

/**
 * Brings IP address literals to their canonical text (rule A-6): IPv4 as four decimal numbers without leading zeros, which are read
 * as decimal and never as octal; IPv6 as RFC 5952 writes it. Done by hand because the JDK's own parser reads other forms too, and
 * asks DNS for what it cannot read.
 */
public final class IpAddress {
    private static final int IPV4_PARTS = 4;
    private static final int IPV6_GROUPS = 8;

    private IpAddress() {}

    /** The canonical text of an IPv4 literal; empty if the text is none. */
    public static Optional<String> ipv4(String text) {
        if (isCanonicalIpv4(text)) { // As good as always: nothing to build.
            return Optional.of(text);
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != IPV4_PARTS) {
            return Optional.empty();
        }
        StringBuilder canonical = new StringBuilder();
        for (String part : parts) {
            int value = number(part, 10, 255);
            if (value < 0) {
                return Optional.empty();
            }
            canonical.append(canonical.isEmpty() ? "" : ".").append(value);
        }
        return Optional.of(canonical.toString());
    }

    private static boolean isCanonicalIpv4(String text) {
        int dots = 0;
        int value = -1; // Of the part so far; none yet.
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' && value >= 0) {
                dots++;
                value = -1;
            } else if (c >= '0' && c <= '9' && value != 0) { // No digit follows a leading zero.
                value = Math.max(value, 0) * 10 + (c - '0');
            } else {
                return false;
            }
            if (value > 255) {
                return false;
            }
        }
        return dots == IPV4_PARTS - 1 && value >= 0;
    }

    /** The canonical text of an IPv6 literal without brackets; empty if the text is none. Zones ({@code %eth0}) are refused. */
    public static Optional<String> ipv6(String text) {
        if (text.indexOf(':') < 0 || text.indexOf('%') >= 0) {
            return Optional.empty();
        }
        int gap = text.indexOf("::");
        if (gap != text.lastIndexOf("::")) {
            return Optional.empty();
        }
        int[] front = groups(gap < 0 ? text : text.substring(0, gap));
        int[] back = gap < 0 ? new int[0] : groups(text.substring(gap + 2));
        int given = front.length + back.length;
        boolean fits = gap < 0 ? given == IPV6_GROUPS : given < IPV6_GROUPS;
        if (!fits || isBad(front) || isBad(back)) {
            return Optional.empty();
        }
        int[] all = new int[IPV6_GROUPS];
        System.arraycopy(front, 0, all, 0, front.length);
        System.arraycopy(back, 0, all, IPV6_GROUPS - back.length, back.length);
        return Optional.of(print(all));
    }

    /** Reads groups of hexadecimal digits; a bad one becomes -1. The last two may be written as an IPv4 address. */
    private static int[] groups(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        String last = parts[parts.length - 1];
        boolean mixed = last.indexOf('.') >= 0;
        int[] values = new int[mixed ? parts.length + 1 : parts.length];
        for (int i = 0; i < (mixed ? parts.length - 1 : parts.length); i++) {
            values[i] = parts[i].length() > 4 ? -1 : number(parts[i], 16, 0xffff);
        }
        if (mixed) {
            String[] bytes = ipv4(last).map(address -> address.split("\\.")).orElse(new String[0]);
            for (int i = 0; i < 2; i++) {
                values[parts.length - 1 + i] = bytes.length == 0
                        ? -1
                        : Integer.parseInt(bytes[2 * i]) << 8 | Integer.parseInt(bytes[2 * i + 1]);
            }
        }
        return values;
    }

    private static boolean isBad(int[] groups) {
        for (int group : groups) {
            if (group < 0) {
                return true;
            }
        }
        return false;
    }

    private static int number(String digits, int radix, int max) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            value = value * radix + digit;
            if (digit < 0 || value > max) {
                return -1;
            }
        }
        return digits.isEmpty() ? -1 : value;
    }

    /** RFC 5952: lower case, no leading zeros, the first of the longest runs of two or more zero groups as {@code ::}. */
    private static String print(int[] groups) {
        boolean mapped = groups[5] == 0xffff;
        for (int i = 0; i < 5; i++) {
            mapped &= groups[i] == 0;
        }
        if (mapped) { // Section 5 there: an IPv4 address inside is written as one.
            return "::ffff:" + (groups[6] >> 8) + "." + (groups[6] & 0xff) + "." + (groups[7] >> 8) + "."
                    + (groups[7] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < IPV6_GROUPS; i++) {
            int end = i;
            while (end < IPV6_GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < IPV6_GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
            text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
