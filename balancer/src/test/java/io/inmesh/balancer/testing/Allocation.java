package io.inmesh.balancer.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;

/** How much heap a piece of code takes on one thread, once the JVM has compiled it. */
public final class Allocation {
    private static final int MANY = 1_000_000;

    /** Each of two rounds of warming up is this part of what is measured. */
    private static final int WARM_UP_PART = 5;

    /**
     * What one run may seem to take and still count as nothing: the meter itself and a compilation that comes late allocate a few
     * kilobytes once, and a million runs share them. One object of the smallest size in every run would be 16.
     */
    public static final double NOTHING = 0.25;

    private Allocation() {}

    /** Bytes per run; where the JVM has no such meter, the test ends here, skipped with the reason. */
    public static double bytesPerRun(Runnable run) {
        return bytesPerRun(run, MANY);
    }

    /** The same over so many runs. */
    public static double bytesPerRun(Runnable run, int runs) {
        boolean metered = ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean bean
                && bean.isThreadAllocatedMemorySupported()
                && bean.isThreadAllocatedMemoryEnabled();
        if (!metered) {
            System.out.println("allocation not measured: this JVM (" + System.getProperty("java.vm.name")
                    + ") does not count the bytes that a thread allocates");
        }
        assumeTrue(metered, "this JVM does not count the bytes that a thread allocates");
        com.sun.management.ThreadMXBean meter = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        repeat(run, runs / WARM_UP_PART);
        repeat(run, runs / WARM_UP_PART);
        long thread = Thread.currentThread().getId();
        long before = meter.getThreadAllocatedBytes(thread);
        repeat(run, runs);
        return (double) (meter.getThreadAllocatedBytes(thread) - before) / runs;
    }

    private static void repeat(Runnable run, int times) {
        for (int i = 0; i < times; i++) {
            run.run();
        }
    }
}
