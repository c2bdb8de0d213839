package io.inmesh.samples.benchmarks;

import io.inmesh.api.Choice;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
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

/** One choice, and one whole request without the request: choose, begin, complete. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PickBenchmark {

    /** The policy measured. */
    @Param({"round-robin", "random", "power-of-two"})
    public String policy = "";

    /** How many endpoints it chooses from. */
    @Param({"10", "1000"})
    public int endpoints;

    private @Nullable BalancedService service;
    private @Nullable LoadBalancer balancer;

    /** Begins to balance. */
    @Setup
    public void open() {
        service = new BalancedService(policy, endpoints);
        balancer = service.balancer();
    }

    /** Ends it. */
    @TearDown
    public void close() {
        Objects.requireNonNull(service).close();
    }

    /** The choice alone. */
    @Benchmark
    public Choice choose() {
        return Objects.requireNonNull(balancer).choose(PickContext.NONE);
    }

    /** Choice, lease and completion. */
    @Benchmark
    public boolean cycle() {
        return Objects.requireNonNull(balancer).pick(PickContext.NONE) instanceof Lease lease
                && lease.complete(Outcome.SUCCESS);
    }
}
