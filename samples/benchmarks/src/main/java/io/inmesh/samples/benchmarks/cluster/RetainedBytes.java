package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.EndpointSet;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints what the large service keeps in memory, per endpoint: its slices, its set, and what is remembered to make the next set. It
 * is the difference that many copies make to the heap after collections. Each copy is read anew, and nothing is shared between copies but
 * constants.
 */
public final class RetainedBytes {
    private static final int COPIES = 20;
    private static final int COLLECTIONS = 5;

    private RetainedBytes() {}

    private record Kept(KnownSlices slices, EndpointSet set) {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        KnownSlices.read().resolve(); // Classes and tables that exist once are not counted.
        List<Kept> kept = new ArrayList<>();
        long before = used();
        for (int i = 0; i < COPIES; i++) {
            KnownSlices slices = KnownSlices.read();
            kept.add(new Kept(slices, slices.resolve()));
        }
        double bytes = used() - before;
        System.out.printf(
                "%,d endpoints: %.1f B each%n", LargeService.ENDPOINTS, bytes / kept.size() / LargeService.ENDPOINTS);
    }

    private static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
