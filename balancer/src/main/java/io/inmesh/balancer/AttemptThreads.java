package io.inmesh.balancer;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which attempts of blocking clients run where their callers' own cannot: virtual ones where the JDK has them, else daemons that are
 * kept for ten seconds. None is made before the first such attempt.
 *
 * <p>Threads: any.
 */
final class AttemptThreads implements Executor, AutoCloseable {
    private static final String NAME = "inmesh-attempt-";
    private static final long KEPT_SECONDS = 10;

    /** Guarded by this. */
    private @Nullable ExecutorService threads;

    /** Guarded by this. */
    private boolean closed;

    @Override
    public void execute(Runnable attempt) {
        threads().execute(attempt);
    }

    private synchronized ExecutorService threads() {
        if (closed) {
            throw new RejectedExecutionException("the mesh was closed (expected: an open one, to send requests by)");
        }
        ExecutorService known = threads;
        if (known == null) {
            ThreadFactory virtual = virtualThreads();
            known = virtual == null ? daemons() : perTask(virtual);
            threads = known;
        }
        return known;
    }

    /** This library is compiled for a JDK that has none: {@code Thread.ofVirtual().name(NAME, 1).factory()}, where there is that. */
    private static @Nullable ThreadFactory virtualThreads() {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object virtual = Thread.class.getMethod("ofVirtual").invoke(null);
            Object named = builder.getMethod("name", String.class, long.class).invoke(virtual, NAME, 1L);
            return (ThreadFactory) builder.getMethod("factory").invoke(named);
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            return null; // Older than 21.
        } catch (InvocationTargetException e) {
            return null; // 19 and 20 had them as a preview, which is off unless the JVM was told otherwise.
        }
    }

    private static ExecutorService perTask(ThreadFactory virtual) {
        try {
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, virtual);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a JDK with virtual threads has Executors.newThreadPerTaskExecutor", e);
        }
    }

    private static ExecutorService daemons() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEPT_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, NAME + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Attempts that run go on. */
    @Override
    public synchronized void close() {
        closed = true;
        if (threads != null) {
            threads.shutdown();
        }
    }
}
