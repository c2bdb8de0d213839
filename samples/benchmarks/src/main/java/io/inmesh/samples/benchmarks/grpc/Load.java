package io.inmesh.samples.benchmarks.grpc;

import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * So many calls at a time over one channel, each followed by the next, for a while.
 *
 * <p>Threads: calls end on threads of the channel's; the one that measures waits for the last.
 */
final class Load {
    private static final int REMEMBERED = 1 << 21; // Of one round.
    private static final byte[] REQUEST = new byte[100];

    private final Contender contender;
    private final CountDownLatch running;
    private final AtomicInteger ended = new AtomicInteger();
    private final long[] latencies =
            new long[REMEMBERED]; // Each written by the call that drew its number, read when all have ended.
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final long untilNanos;

    private Load(Contender contender, int concurrency, long untilNanos) {
        this.contender = contender;
        this.running = new CountDownLatch(concurrency);
        this.untilNanos = untilNanos;
    }

    /**
     * What a round came to.
     *
     * @param perSecond calls that ended
     * @param p50Micros half of them took no longer
     * @param p99Micros all but one of a hundred
     * @param cpuMicrosPerCall what all threads of this process computed, for each call; hardly changed by what else the machine does
     * @param bytesPerCall what they allocated
     */
    record Round(double perSecond, double p50Micros, double p99Micros, double cpuMicrosPerCall, double bytesPerCall) {}

    /** One round. */
    static Round run(Contender contender, int concurrency, Duration duration) throws InterruptedException {
        long bytesBefore = allocated();
        long cpuBefore = cpuNanos();
        long beganNanos = System.nanoTime();
        Load load = new Load(contender, concurrency, beganNanos + duration.toNanos());
        long own = (long) REMEMBERED * Long.BYTES;
        for (int i = 0; i < concurrency; i++) {
            load.next();
        }
        load.running.await();
        long tookNanos = System.nanoTime() - beganNanos;
        long cpu = cpuNanos() - cpuBefore;
        long bytes = allocated() - bytesBefore - own;
        return load.round(tookNanos, cpu, bytes);
    }

    private Round round(long tookNanos, long cpu, long bytes) {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(
                    "a call of " + contender.name() + " failed: every one should succeed", failed);
        }
        int count = Math.min(ended.get(), REMEMBERED);
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        return new Round(
                ended.get() * 1e9 / tookNanos,
                sorted[count / 2] / 1e3,
                sorted[(int) (count * 0.99)] / 1e3,
                cpu / 1e3 / ended.get(),
                (double) bytes / ended.get());
    }

    private void next() {
        ClientCalls.asyncUnaryCall(
                contender.channel().newCall(contender.method(), CallOptions.DEFAULT), REQUEST, new Ending());
    }

    private final class Ending implements StreamObserver<byte[]> {
        private final long beganNanos = System.nanoTime();

        @Override
        public void onNext(byte[] answer) {}

        @Override
        public void onError(Throwable error) {
            failure.compareAndSet(null, error);
            running.countDown();
        }

        @Override
        public void onCompleted() {
            long now = System.nanoTime();
            int number = ended.getAndIncrement();
            if (number < REMEMBERED) {
                latencies[number] = now - beganNanos;
            }
            if (now - untilNanos < 0) {
                next();
            } else {
                running.countDown();
            }
        }
    }

    /** By all threads that live: gRPC's and Netty's end long after a round. */
    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
