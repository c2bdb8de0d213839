package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.EndpointSet;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints what slices and set of the large service keep in memory, per endpoint: the difference that many copies make to the heap after
 * collections. Each copy is read anew, and nothing is shared between copies but constants.
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
        long both = used() - before;
        kept.replaceAll(
                copy -> new Kept(copy.slices(), EndpointSet.of(copy.set().facts(), 1, List.of())));
        long slicesAlone = used() - before;
        double count = (double) kept.size() * LargeService.ENDPOINTS;
        System.out.printf(
                "%,d endpoints: %.1f B each, of which slices %.1f B and the set %.1f B%n",
                LargeService.ENDPOINTS, both / count, slicesAlone / count, (both - slicesAlone) / count);
    }

    private static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
