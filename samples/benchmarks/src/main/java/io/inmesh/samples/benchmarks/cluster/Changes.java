package io.inmesh.samples.benchmarks.cluster;

import java.nio.charset.StandardCharsets;

/**
 * Lines of a watch, written beforehand, one slice after the other: in each the pod in the middle leaves, and another comes. The version
 * rises with each.
 *
 * <p>Threads: one.
 */
final class Changes {
    private static final long FIRST_VERSION =
            1_000_000_000L; // All of ten digits, so that they can be written in place.
    private static final int DIGITS = 10;
    private static final byte[] VERSION = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] lines = new byte[2 * LargeService.SLICES][];
    private final int[] versionsAt = new int[lines.length];
    private long count;

    Changes() {
        for (int i = 0; i < lines.length; i++) {
            int generation =
                    1 - i / LargeService.SLICES; // Lists show generation 0, so the first round changes all of them.
            lines[i] = LargeService.changedLine(i % LargeService.SLICES, generation, FIRST_VERSION);
            versionsAt[i] = indexOfVersion(lines[i]);
        }
    }

    /** The next one; good until the next but 199. */
    byte[] next() {
        int index = (int) (count % lines.length);
        long rest = FIRST_VERSION + ++count;
        for (int i = DIGITS - 1; i >= 0; i--) {
            lines[index][versionsAt[index] + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return lines[index];
    }

    private static int indexOfVersion(byte[] line) {
        int at = 0;
        while (!startsWith(line, at)) {
            at++;
        }
        return at + VERSION.length;
    }

    private static boolean startsWith(byte[] line, int from) {
        for (int i = 0; i < VERSION.length; i++) {
            if (line[from + i] != VERSION[i]) {
                return false;
            }
        }
        return true;
    }
}
