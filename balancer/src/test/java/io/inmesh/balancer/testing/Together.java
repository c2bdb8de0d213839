package io.inmesh.balancer.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that begin at the same moment; what one of them throws fails the test. */
public final class Together {
    private static final long LIMIT_SECONDS = 60;

    private Together() {}

    /** What one of the threads does. */
    @FunctionalInterface
    public interface Work {
        /** Does it as that thread, counted from 0. */
        void run(int thread) throws Exception;
    }

    /** Runs the work on so many threads and waits for all of them. */
    public static void run(int threads, Work work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier start = new CyclicBarrier(threads);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                Callable<Void> task = () -> {
                    start.await(LIMIT_SECONDS, TimeUnit.SECONDS);
                    work.run(thread);
                    return null;
                };
                running.add(executor.submit(task));
            }
            for (Future<?> each : running) {
                each.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
