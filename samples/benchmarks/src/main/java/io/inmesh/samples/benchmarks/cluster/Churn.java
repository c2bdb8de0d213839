package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * Prints what 10,000 changes of slices in a second cost: how many sets are published, and how busy the resolver's lane is, in time of a
 * processor; then, in a mesh, how long each change takes to a picker in use. Lines are read on this thread, as on a transport's; where it
 * cannot keep up, the rate that was reached is printed.
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
        measureLane();
        measurePickers();
    }

    /** With a listener alone, so that nothing but the resolver runs. */
    private static void measureLane() {
        Changes changes = new Changes();
        try (Metered scheduler = new Metered();
                ResolvedService service = new ResolvedService(NanoClock.system(), scheduler)) {
            everySecond((said, began) -> {
                service.publications();
                scheduler.busyNanos.set(0);
                sendForASecond(() -> service.change(changes.next()), began);
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf(
                        "%s%,.0f changes/s, %.1f publications/s, lane busy %.1f %% of a core%n",
                        said,
                        CHANGES_A_SECOND / seconds,
                        service.publications() / seconds,
                        scheduler.busyNanos.get() / seconds / 1e7);
            });
        }
    }

    /** With a mesh, to the picker in use. */
    private static void measurePickers() {
        Changes changes = new Changes();
        try (Scheduler scheduler = Scheduler.system("churn");
                WatchedService service = new WatchedService(NanoClock.system(), scheduler);
                PickerLags lags = new PickerLags(service)) {
            everySecond((said, began) -> {
                sendForASecond(() -> lags.send(changes), began);
                double seconds = (System.nanoTime() - began) / 1e9;
                System.out.printf("%s%,.0f changes/s, %s%n", said, CHANGES_A_SECOND / seconds, lags.take());
            });
        }
    }

    private static void everySecond(BiConsumer<String, Long> second) {
        for (int i = -WARM_UP_SECONDS; i < SECONDS; i++) {
            second.accept(i < 0 ? "(warm-up) " : "", System.nanoTime());
        }
    }

    private static void sendForASecond(Runnable change, long began) {
        long second = Duration.ofSeconds(1).toNanos();
        for (int i = 0; i < CHANGES_A_SECOND; i++) {
            change.run();
            long due = began + second / CHANGES_A_SECOND * (i + 1);
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
        }
    }
}
