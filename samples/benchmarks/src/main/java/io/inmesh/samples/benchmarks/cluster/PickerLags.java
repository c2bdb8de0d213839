package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.EndpointSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * How long each change takes from the receipt of its line until a picker is in use that has it, or something newer of its slice. Looks at
 * the picker in use as a request would, over and over, so each figure is too long by up to one look.
 *
 * <p>Threads: one looks, one sends; a set that is seen was made from lines that were sent before, so their times are visible.
 */
final class PickerLags implements AutoCloseable {
    private static final long LOOK_NANOS = Duration.ofNanos(100_000).toNanos();
    private static final int REMEMBERED = 1 << 17; // More than ten seconds of lines.

    private final WatchedService service;
    private final long[] receivedAtNanos = new long[REMEMBERED]; // By number of the change; written before it is sent.
    private final Thread looking = new Thread(this::look, "looking");
    private volatile boolean closed;

    // Guarded by this.
    private long[] lagsNanos = new long[REMEMBERED];
    private int count;
    private int pickers;

    private long sent; // By the sender.

    /** Looks from now on. */
    PickerLags(WatchedService service) {
        this.service = service;
        looking.start();
    }

    /** Sends the next change. */
    void send(Changes changes) {
        byte[] line = changes.next();
        sent++;
        receivedAtNanos[(int) (sent % REMEMBERED)] = System.nanoTime();
        service.change(line);
    }

    private void look() {
        long revision = 0;
        long seen = 0;
        while (!closed) {
            EndpointSet set = service.inUse();
            if (set.revision() != revision) {
                long nowNanos = System.nanoTime();
                revision = set.revision();
                long newest = Changes.newestIn(set);
                note(seen, newest, nowNanos);
                seen = newest;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private synchronized void note(long seen, long newest, long nowNanos) {
        pickers++;
        for (long number = seen + 1; number <= newest && count < lagsNanos.length; number++) {
            lagsNanos[count++] = nowNanos - receivedAtNanos[(int) (number % REMEMBERED)];
        }
    }

    /** What was seen since it was asked last, in milliseconds, for people. */
    synchronized String take() {
        long[] sorted = Arrays.copyOf(lagsNanos, count);
        Arrays.sort(sorted);
        String text = sorted.length == 0
                ? "no picker"
                : String.format(
                        "%d pickers, line to picker p50 %.1f p90 %.1f p99 %.1f max %.1f ms",
                        pickers,
                        sorted[sorted.length / 2] / 1e6,
                        sorted[sorted.length * 9 / 10] / 1e6,
                        sorted[(int) (sorted.length * 0.99)] / 1e6,
                        sorted[sorted.length - 1] / 1e6);
        count = 0;
        pickers = 0;
        return text;
    }

    @Override
    public void close() {
        closed = true;
        try {
            looking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
