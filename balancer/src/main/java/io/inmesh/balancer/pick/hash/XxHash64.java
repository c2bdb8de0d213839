package io.inmesh.balancer.pick.hash;

/**
 * XXH64 (Collet: xxHash fast digest algorithm, specification 0.2) over the UTF-8 bytes of a text. Allocates nothing; values are unsigned.
 *
 * <p>Cost: one to two nanoseconds for each character of plain ASCII, some ten for each other one.
 */
public final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private static final int WORD = 8;

    /** Four lanes of a word each. */
    private static final int STRIPE = 4 * WORD;

    private XxHash64() {}

    /** The hash under seed 0, which keys and endpoints have unless something else is said. */
    public static long hash(String text) {
        return hash(text, 0);
    }

    /** The hash under that seed. */
    static long hash(String text, long seed) {
        boolean ascii = Utf8.isAscii(text);
        int length = ascii ? text.length() : Utf8.length(text);
        int tail = length % STRIPE;
        long hash = length < STRIPE ? seed + P5 : stripes(text, length - tail, ascii, seed);
        int place = skip(text, Utf8.start(), length - tail, ascii);
        return avalanche(tail(text, place, tail, ascii, hash + length));
    }

    private static long stripes(String text, int bytes, boolean ascii, long seed) {
        long a = seed + P1 + P2;
        long b = seed + P2;
        long c = seed;
        long d = seed - P1;
        int place = Utf8.start();
        for (int done = 0; done < bytes; done += STRIPE) {
            a = round(a, word(text, place, WORD, ascii));
            place = skip(text, place, WORD, ascii);
            b = round(b, word(text, place, WORD, ascii));
            place = skip(text, place, WORD, ascii);
            c = round(c, word(text, place, WORD, ascii));
            place = skip(text, place, WORD, ascii);
            d = round(d, word(text, place, WORD, ascii));
            place = skip(text, place, WORD, ascii);
        }
        long hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
        return merge(merge(merge(merge(hash, a), b), c), d);
    }

    private static long tail(String text, int from, int bytes, boolean ascii, long before) {
        long hash = before;
        int place = from;
        int rest = bytes;
        while (rest >= WORD) {
            hash = Long.rotateLeft(hash ^ round(0, word(text, place, WORD, ascii)), 27) * P1 + P4;
            place = skip(text, place, WORD, ascii);
            rest -= WORD;
        }
        if (rest >= WORD / 2) {
            hash = Long.rotateLeft(hash ^ (word(text, place, WORD / 2, ascii) * P1), 23) * P2 + P3;
            place = skip(text, place, WORD / 2, ascii);
            rest -= WORD / 2;
        }
        for (; rest > 0; rest--) {
            hash = Long.rotateLeft(hash ^ (word(text, place, 1, ascii) * P5), 11) * P1;
            place = skip(text, place, 1, ascii);
        }
        return hash;
    }

    private static long round(long lane, long word) {
        return Long.rotateLeft(lane + word * P2, 31) * P1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * P1 + P4;
    }

    private static long avalanche(long hash) {
        long a = (hash ^ (hash >>> 33)) * P2;
        long b = (a ^ (a >>> 29)) * P3;
        return b ^ (b >>> 32);
    }

    /** In plain ASCII a place is the index of a character, and a character is a byte. */
    private static long word(String text, int place, int bytes, boolean ascii) {
        if (!ascii) {
            return Utf8.word(text, place, bytes);
        }
        long word = 0;
        for (int i = 0; i < bytes; i++) {
            word |= (long) text.charAt(place + i) << (8 * i);
        }
        return word;
    }

    private static int skip(String text, int place, int bytes, boolean ascii) {
        return ascii ? place + bytes : Utf8.skip(text, place, bytes);
    }
}
