package io.inmesh.samples.benchmarks.peers;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one contender's pick costs. {@link Ratios} runs it for ours and theirs in turn. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 6, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 150, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-D" + GrpcContender.HASH_BY_HEADER + "=true")
public class PickCost {

    /** Library and policy. */
    @Param("inmesh/round-robin")
    public String contender = "";

    /** How many endpoints are chosen from. */
    @Param({"10", "100", "1000", "10000"})
    public int endpoints;

    private @Nullable Contender open;

    /** Makes it. */
    @Setup
    public void open() {
        open = Contender.open(contender, endpoints);
    }

    /** Ends it. */
    @TearDown
    public void close() {
        Objects.requireNonNull(open).close();
    }

    /** The choice alone. */
    @Benchmark
    public Object choose(Turn turn) {
        return Objects.requireNonNull(open).choose(turn);
    }

    /** The choice, and the request's beginning and end. */
    @Benchmark
    public Object cycle(Turn turn) {
        return Objects.requireNonNull(open).cycle(turn);
    }
}
