package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints what 10,000 changes of slices in a second cost: how many sets are published, and how busy the resolver's lane is, in time of a
 * processor. Lines are read on this thread, as on a transport's; where it cannot keep up, the rate that was reached is printed.
 */
public final class Churn {
    private static final int CHANGES_A_SECOND = 10_000;
    private static final int WARM_UP_SECONDS = 5;
    private static final int SECONDS = 10;

    private Churn() {}

    /** Runs tasks on a scheduler and adds up the processor time they take. */
    private static final class Metered implements Scheduler {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private final Scheduler scheduler = Scheduler.system("churn");
        private final AtomicLong busyNanos = new AtomicLong();

        @Override
        public void execute(Runnable task) {
            scheduler.execute(metered(task));
        }

        @Override
        public Cancellable schedule(Runnable task, Duration delay) {
            return scheduler.schedule(metered(task), delay);
        }

        private Runnable metered(Runnable task) {
            return () -> {
                long began = THREADS.getCurrentThreadCpuTime();
                task.run();
                busyNanos.addAndGet(THREADS.getCurrentThreadCpuTime() - began);
            };
        }

        @Override
        public void close() {
            scheduler.close();
        }
    }

    /** Takes no arguments. */
    public static void main(String[] args) {
        Changes changes = new Changes();
        try (Metered scheduler = new Metered();
                ResolvedService service = new ResolvedService(NanoClock.system(), scheduler)) {
            for (int second = -WARM_UP_SECONDS; second < SECONDS; second++) {
                service.publications();
                scheduler.busyNanos.set(0);
                long began = System.nanoTime();
                sendForASecond(service, changes, began);
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf(
                        "%s%,.0f changes/s, %.1f publications/s, lane busy %.1f %% of a core%n",
                        second < 0 ? "(warm-up) " : "",
                        CHANGES_A_SECOND / seconds,
                        service.publications() / seconds,
                        scheduler.busyNanos.get() / seconds / 1e7);
            }
        }
    }

    private static void sendForASecond(ResolvedService service, Changes changes, long began) {
        long second = Duration.ofSeconds(1).toNanos();
        for (int i = 0; i < CHANGES_A_SECOND; i++) {
            service.change(changes.next());
            long due = began + second / CHANGES_A_SECOND * (i + 1);
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
        }
    }
}
