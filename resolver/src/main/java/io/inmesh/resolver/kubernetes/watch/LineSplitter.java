package io.inmesh.resolver.kubernetes.watch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts lines together from pieces cut anywhere, even inside a character (rule W-1).
 *
 * <p>Threads: one at a time.
 */
public final class LineSplitter {
    private static final int INITIAL = 4096;

    private byte[] rest = new byte[INITIAL];
    private int length;

    /** Takes a piece; gives the lines that are whole now, without their ends, empty ones left out. */
    List<byte[]> add(ByteBuffer bytes) {
        List<byte[]> lines = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next != '\n') {
                append(next);
            } else if (length > 0) {
                lines.add(Arrays.copyOf(rest, length));
                length = 0;
            }
        }
        return lines;
    }

    private void append(byte next) {
        if (length == rest.length) {
            rest = Arrays.copyOf(rest, length * 2);
        }
        rest[length++] = next;
    }
}
