package io.inmesh.samples.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What a call takes of the processors' time on the threads that call: the same as by the clock on a machine that does nothing else, and nearly the
 * same on one that does, where the clock counts others' turns as well. The compiler's and the collector's threads are not counted.
 */
public final class CpuTime implements InternalProfiler {
    /** What the result is called. */
    public static final String NAME = "cpu.time.norm";

    /** In the name of every thread that JMH calls a benchmark on. */
    private static final String WORKER = "jmh-worker";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long before;

    /** Made by JMH in each fork. */
    public CpuTime() {}

    @Override
    public String getDescription() {
        return "Processor time of the calling threads per operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        before = workersNanos();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        double nanos = workersNanos() - before;
        long calls = Math.max(1, result.getMetadata().getAllOps());
        return List.of(new ScalarResult(NAME, nanos / calls, "ns/op", AggregationPolicy.AVG));
    }

    private long workersNanos() {
        long[] ids = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains(WORKER))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
        // -1 is a thread that has just ended.
        return Arrays.stream(threads.getThreadCpuTime(ids))
                .filter(nanos -> nanos > 0)
                .sum();
    }
}
