package io.inmesh.balancer.pick.hash;

/**
 * The UTF-8 bytes of a text, read off its characters in groups, without making them. A place among the bytes is a number that only this class
 * understands: the index of a character, times four, plus the byte within it.
 *
 * <p>Halves of surrogate pairs count as {@code ?}, as Java encodes them.
 */
final class Utf8 {
    private static final int START = 0;

    private Utf8() {}

    /** The place of the first byte. */
    static int start() {
        return START;
    }

    /** True if every character is one byte, itself. */
    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes there are. */
    static int length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            bytes += width(codePoint);
            i += Character.charCount(codePoint);
        }
        return bytes;
    }

    /** Up to eight bytes from there on, the first lowest. */
    static long word(String text, int place, int bytes) {
        long word = 0;
        int at = place;
        for (int i = 0; i < bytes; i++) {
            word |= (long) byteAt(text, at) << (8 * i);
            at = next(text, at);
        }
        return word;
    }

    /** The place so many bytes further. */
    static int skip(String text, int place, int bytes) {
        int at = place;
        for (int i = 0; i < bytes; i++) {
            at = next(text, at);
        }
        return at;
    }

    private static int next(String text, int place) {
        int codePoint = text.codePointAt(place >> 2);
        return (place & 3) + 1 < width(codePoint) ? place + 1 : ((place >> 2) + Character.charCount(codePoint)) << 2;
    }

    private static int byteAt(String text, int place) {
        int codePoint = text.codePointAt(place >> 2);
        int width = width(codePoint);
        if (width == 1) {
            return codePoint < 0x80 ? codePoint : '?';
        }
        int within = place & 3;
        int bits = codePoint >> (6 * (width - 1 - within));
        // The first byte says by its highest bits how many there are: 110, 1110 or 11110; the others begin with 10.
        return within == 0 ? (0xF00 >> width & 0xFF) | bits : 0x80 | (bits & 0x3F);
    }

    private static int width(int codePoint) {
        if (codePoint < 0x80 || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE)) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
