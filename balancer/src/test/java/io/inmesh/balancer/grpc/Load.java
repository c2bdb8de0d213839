package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Unary calls without a pause, from several threads, until it is closed. */
final class Load implements AutoCloseable {
    private final List<StatusRuntimeException> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    private Load() {}

    /** Begins. */
    static Load on(ManagedChannel channel, MethodDescriptor<String, String> method, int threads) {
        Load load = new Load();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> load.run(channel, method), "load-" + i);
            thread.start();
            load.threads.add(thread);
        }
        return load;
    }

    private void run(ManagedChannel channel, MethodDescriptor<String, String> method) {
        while (!over) {
            try {
                GrpcDoor.call(channel, method, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
                answered.incrementAndGet();
            } catch (StatusRuntimeException e) {
                failures.add(e);
            }
        }
    }

    int answered() {
        return answered.get();
    }

    /** Every call that failed so far. */
    List<StatusRuntimeException> failures() {
        return failures;
    }

    /** Begins no more, and waits for the last ones. */
    void end() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the test is over before its load", e);
        }
    }

    @Override
    public void close() {
        end();
    }
}
