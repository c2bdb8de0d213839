package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.time.Scheduler;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One pod of 10,000 is replaced, after a quiet time: from the bytes of the watch to the publication of the set, and to the picker. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 10, time = 2)
@Fork(1)
public class ChangeBenchmark {
    private final Quietness clock = new Quietness();
    private final Changes changes = new Changes();
    private @Nullable Scheduler scheduler;
    private @Nullable ResolvedService resolved;
    private @Nullable WatchedService watched;

    /** Begins to watch, once with a listener alone and once with a mesh. */
    @Setup
    public void open() {
        scheduler = Scheduler.system("change");
        resolved = new ResolvedService(clock, scheduler);
        watched = new WatchedService(clock, scheduler);
    }

    /** Ends it. */
    @TearDown
    public void close() {
        Objects.requireNonNull(resolved).close();
        Objects.requireNonNull(watched).close();
        Objects.requireNonNull(scheduler).close();
    }

    /** Line received to set published. */
    @Benchmark
    public long lineToPublication() {
        clock.pass();
        return Objects.requireNonNull(resolved).changeAndAwaitSet(changes.next());
    }

    /** Line received to picker in use. */
    @Benchmark
    public long lineToPicker() {
        clock.pass();
        return Objects.requireNonNull(watched).changeAndAwaitPicker(changes.next());
    }
}
