package io.inmesh.resolver.kubernetes.watch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts lines together from pieces cut anywhere, even inside a character (rule W-1). Lines are given where they stand, without a copy.
 *
 * <p>Threads: one at a time.
 */
final class LineSplitter {
    private static final int SMALL = 4096;
    private static final int LARGE = 64 * 1024; // Kept no longer than a line of that size is on its way.

    /** Takes a line without its end; the bytes are good until it returns. */
    interface Line {

        /** False to hear of no more lines of this piece. */
        boolean take(byte[] bytes, int length);
    }

    private final int most;
    private byte[] rest = new byte[SMALL];
    private int length;

    /** For lines of at most so many bytes. */
    LineSplitter(int most) {
        this.most = most;
    }

    /**
     * Takes a piece; gives the lines that are whole now, empty ones left out.
     *
     * @throws TooLargeException if a line is longer than allowed; nothing of it is kept
     */
    void add(ByteBuffer piece, Line line) throws TooLargeException {
        boolean wanted = true;
        while (wanted && piece.hasRemaining()) {
            int end = endOfLine(piece);
            int from = length;
            int count = (end < 0 ? piece.limit() : end) - piece.position();
            if (count > most - from) {
                rest = new byte[0];
                length = 0;
                throw TooLargeException.line((long) from + count, most);
            }
            room(from + count);
            piece.get(rest, from, count);
            length += count;
            if (end >= 0) {
                piece.get(); // The end of the line.
                int whole = length;
                length = 0;
                wanted = whole == 0 || line.take(rest, whole);
            }
        }
        if (length == 0 && rest.length > LARGE) {
            rest = new byte[SMALL];
        }
    }

    private static int endOfLine(ByteBuffer piece) {
        for (int i = piece.position(); i < piece.limit(); i++) {
            if (piece.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void room(int needed) {
        if (needed > rest.length) {
            rest = Arrays.copyOf(rest, Math.max(needed, Math.min(rest.length * 2, most)));
        }
    }
}
