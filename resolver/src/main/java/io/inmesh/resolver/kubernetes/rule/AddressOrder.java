package io.inmesh.resolver.kubernetes.rule;

/**
 * The order of canonical addresses of one family in {@code address:port} and {@code [address]:port}, which is how sets are sorted: as text, with
 * what follows the address as one more character. What is sorted so needs no sorting when it becomes a set.
 */
final class AddressOrder {
    private static final int BITS = Long.SIZE;
    private static final int IPV4_BITS =
            4; // Ten digits, a dot, what follows and nothing: 16 characters, all there can be.
    private static final int IPV6_BITS =
            5; // Sixteen digits, a colon, what follows and nothing: the first 12 characters.

    private AddressOrder() {}

    static int compare(String one, String other) {
        int common = Math.min(one.length(), other.length());
        for (int i = 0; i < common; i++) {
            int difference = one.charAt(i) - other.charAt(i);
            if (difference != 0) {
                return difference;
            }
        }
        if (one.length() == other.length()) {
            return 0;
        }
        return one.length() < other.length() ? end(one) - other.charAt(common) : one.charAt(common) - end(other);
    }

    /** A number for the beginning of an address: never in another order than {@link #compare}, but equal for some that are not. */
    static long key(String address) {
        int bits = address.indexOf(':') < 0 ? IPV4_BITS : IPV6_BITS;
        int count = BITS / bits;
        long key = 0;
        for (int i = 0; i < count; i++) {
            long rank = 0;
            if (i < address.length()) {
                rank = rank(address.charAt(i));
            } else if (i == address.length()) {
                rank = rank(end(address));
            }
            key = key << bits | rank;
        }
        return key ^ Long.MIN_VALUE; // Signed comparison then orders as an unsigned one.
    }

    /** What stands behind the address. */
    private static char end(String address) {
        return address.indexOf(':') < 0 ? ':' : ']';
    }

    /** Above 0, rising with the character: {@code . 0-9 : ] a-f}. */
    private static int rank(char c) {
        if (c <= ':') {
            return c == '.' ? 1 : c - '0' + 2;
        }
        return c == ']' ? 13 : c - 'a' + 14;
    }
}
