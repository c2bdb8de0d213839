package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import java.nio.charset.StandardCharsets;

/**
 * Lines of a watch, written beforehand, one slice after the other: in each the pod in the middle leaves, and another comes. The version
 * rises with each, and so does the number in the name of the pod that comes.
 *
 * <p>Threads: one, but for {@link #newestIn}.
 */
final class Changes {
    private static final long FIRST_VERSION =
            1_000_000_000L; // All of ten digits, so that they can be written in place.
    private static final int DIGITS = 10;

    private final byte[][] lines = new byte[2 * LargeService.SLICES][];
    private final int[] versionsAt = new int[lines.length];
    private final int[] namesAt = new int[lines.length];
    private long count;

    Changes() {
        for (int i = 0; i < lines.length; i++) {
            int generation =
                    1 - i / LargeService.SLICES; // Lists show generation 0, so the first round changes all of them.
            lines[i] = LargeService.changedLine(i % LargeService.SLICES, generation, FIRST_VERSION);
            versionsAt[i] = endOf("\"resourceVersion\":\"", lines[i]);
            namesAt[i] = endOf(LargeService.CHANGED_POD, lines[i]);
        }
    }

    /** The next one, of number 1 and so on; good until the next but 199. */
    byte[] next() {
        int index = (int) (count % lines.length);
        count++;
        write(FIRST_VERSION + count, lines[index], versionsAt[index]);
        write(FIRST_VERSION + count, lines[index], namesAt[index]);
        return lines[index];
    }

    /** The number of the newest change that is in a set; 0 if none is. */
    static long newestIn(EndpointSet set) {
        long newest = 0;
        for (Endpoint endpoint : set.endpoints()) {
            String pod = endpoint.pod();
            if (pod != null && pod.startsWith(LargeService.CHANGED_POD)) {
                newest = Math.max(newest, Long.parseLong(pod.substring(LargeService.CHANGED_POD.length())));
            }
        }
        return newest == 0 ? 0 : newest - FIRST_VERSION;
    }

    private static void write(long number, byte[] line, int at) {
        long rest = number;
        for (int i = DIGITS - 1; i >= 0; i--) {
            line[at + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static int endOf(String text, byte[] line) {
        String all = new String(line, StandardCharsets.US_ASCII);
        return all.indexOf(text) + text.length();
    }
}
