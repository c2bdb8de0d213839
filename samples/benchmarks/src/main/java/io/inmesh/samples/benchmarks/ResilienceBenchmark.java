package io.inmesh.samples.benchmarks;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.attempt.Exchange;
import io.inmesh.balancer.attempt.Safety;
import io.inmesh.balancer.resilience4j.Resilience4j;
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
 * What protection costs a request that goes well: choice, lease and completion alone, and a whole call with its budget, with protection off and
 * on. All of it without a network.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResilienceBenchmark {
    private static final int ENDPOINTS = 10;
    private static final Exchange<Boolean, IllegalStateException> ANSWERED_AT_ONCE = new AnsweredAtOnce();

    /** What is on. */
    public enum Protection {
        /** Nothing. */
        NONE("eject.enabled=false&retry.attempts=1"),
        /** Outlier ejection. */
        EJECTION("retry.attempts=1"),
        /** Ejection, a cap for each endpoint and one for the service, repeats and their budget. */
        ALL("limit.endpoint-in-flight=1000&limit.service-in-flight=10000&retry.attempts=3"),
        /** All of that, and a circuit breaker of Resilience4j. */
        ALL_AND_BREAKER(ALL.settings + "&resilience4j.circuit-breaker=orders"),
        /** All but that one, and a circuit breaker of Resilience4j for each endpoint. */
        ALL_AND_ENDPOINT_BREAKERS(ALL.settings + "&resilience4j.endpoint-circuit-breaker=default");

        private final String settings;

        Protection(String settings) {
            this.settings = settings;
        }

        BalancedService open() {
            MeshBuilder builder = Mesh.builder();
            if (settings.contains("resilience4j.")) {
                CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
                registry.circuitBreaker("orders");
                Resilience4j.with(registry).addTo(builder);
            }
            return new BalancedService(builder, "power-of-two&" + settings, ENDPOINTS, i -> 1);
        }
    }

    /** What is on. */
    @Param
    public Protection protection = Protection.NONE;

    private @Nullable BalancedService service;
    private @Nullable LoadBalancer balancer;
    private @Nullable Attempts attempts;

    /** A client library whose answer is there at once. */
    private static final class AnsweredAtOnce implements Exchange<Boolean, IllegalStateException> {
        @Override
        public Boolean send(Lease lease) {
            return true;
        }

        @Override
        public Outcome outcomeOf(Boolean answer) {
            return Outcome.SUCCESS;
        }

        @Override
        public Outcome outcomeOf(Exception error) {
            return Outcome.CANCELLED;
        }

        @Override
        public IllegalStateException failure(Exception reason) {
            return new IllegalStateException(reason);
        }
    }

    /** Begins to balance. */
    @Setup
    public void open() {
        service = protection.open();
        balancer = service.balancer();
        attempts = service.attempts();
    }

    /** Ends it. */
    @TearDown
    public void close() {
        Objects.requireNonNull(service).close();
    }

    /** Choice, lease and completion. */
    @Benchmark
    public boolean cycle() {
        return Objects.requireNonNull(balancer).pick(PickContext.NONE) instanceof Lease lease
                && lease.complete(Outcome.SUCCESS);
    }

    /** A call that may be repeated, and need not be. */
    @Benchmark
    public boolean call() {
        return Objects.requireNonNull(attempts).call(PickContext.NONE, Safety.IDEMPOTENT, ANSWERED_AT_ONCE);
    }
}
