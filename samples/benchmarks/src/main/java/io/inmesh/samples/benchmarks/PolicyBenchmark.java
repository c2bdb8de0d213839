package io.inmesh.samples.benchmarks;

import io.inmesh.api.Choice;
import io.inmesh.api.LoadBalancer;
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

/**
 * One choice of every policy over endpoints of weights from 1 to 10, each with a key, which policies that follow no key pass over. {@code
 * choose} only: what a policy costs beyond leases and counters.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 150, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PolicyBenchmark {
    private static final int KEYS = 1024;

    /** The policy measured, with settings as a target's query has them. */
    @Param({
        "round-robin",
        "weighted-round-robin",
        "weighted-round-robin&weighted-round-robin.sequence=smooth",
        "weighted-round-robin&weighted-round-robin.sequence=edf",
        "weighted-round-robin&weighted-round-robin.sequence=ipvs",
        "weighted-round-robin&weighted-round-robin.sequence=stride",
        "random",
        "power-of-two",
        "power-of-two&power-of-two.choices=5",
        "peak-ewma",
        "peak-ewma&peak-ewma.choices=5",
        "prequal",
        "prequal-answered",
        "least-connection",
        "least-connection&least-connection.exact=true",
        "wlc",
        "sed",
        "nq",
        "fo",
        "ovf",
        "lblc",
        "lblcr",
        "first",
        "destination-hash",
        "destination-hash&destination-hash.load-factor=1.25",
        "destination-hash&destination-hash.table=ipvs",
        "ring-hash",
        "ring-hash&ring-hash.sizing=xds",
        "ring-hash&ring-hash.load-factor=1.25",
        "rendezvous",
        "rendezvous&rendezvous.load-factor=1.25",
        "dh",
        "source-hash"
    })
    public String policy = "";

    /** How many endpoints it chooses from. */
    @Param({"10", "100", "1000", "10000"})
    public int endpoints;

    private final PickContext[] contexts = new PickContext[KEYS];
    private @Nullable BalancedService service;
    private @Nullable LoadBalancer balancer;

    /** Which key is next; one for each thread, or they would meet on it. */
    @State(Scope.Thread)
    public static class Turn {
        private int next;
    }

    /** Begins to balance. */
    @Setup
    public void open() {
        for (int i = 0; i < KEYS; i++) {
            contexts[i] = PickContext.NONE.withKey("customer-" + i);
        }
        service = new BalancedService(policy, endpoints, i -> 1 + i % 10);
        balancer = service.balancer();
    }

    /** Ends it. */
    @TearDown
    public void close() {
        Objects.requireNonNull(service).close();
    }

    /** One choice. */
    @Benchmark
    public Choice choose(Turn turn) {
        return Objects.requireNonNull(balancer).choose(contexts[turn.next++ & (KEYS - 1)]);
    }
}
