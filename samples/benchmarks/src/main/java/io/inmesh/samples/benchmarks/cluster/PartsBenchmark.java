package io.inmesh.samples.benchmarks.cluster;

import com.fasterxml.jackson.core.JsonParser;
import io.inmesh.api.EndpointSet;
import io.inmesh.resolver.kubernetes.object.Json;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.object.SliceReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What that way is made of: reading the line of one slice of 100 endpoints, and resolving 10,000 anew. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PartsBenchmark {
    private final SliceReader reader = new SliceReader();
    private final Changes changes = new Changes();
    private final KnownSlices known = KnownSlices.read();
    private final Slice[] next = new Slice[2 * LargeService.SLICES]; // The second generation, then the first again.
    private int count;
    private EndpointSet before = known.resolve();

    /** Reads what will change. */
    @Setup
    public void read() {
        for (int i = 0; i < next.length; i++) {
            next[i] = KnownSlices.slice(reader, i % LargeService.SLICES, 1 - i / LargeService.SLICES);
        }
    }

    /** The object in the line of a watch, read. */
    @Benchmark
    public Slice parse() throws IOException {
        return parsed(changes.next());
    }

    private Slice parsed(byte[] line) throws IOException {
        try (JsonParser json = Json.parser(line, 0, line.length)) {
            json.nextToken();
            while (!"object".equals(json.nextFieldName())) {
                json.nextToken();
            }
            json.nextToken();
            return KnownSlices.reduced(reader.read(json));
        }
    }

    /** A slice is put beside the others, the question answered, a set made and compared with the one before. */
    @Benchmark
    public boolean evaluate() {
        known.put(next[count++ % next.length]);
        EndpointSet set = known.resolve();
        boolean same = set.sameContent(before);
        before = set;
        return same;
    }
}
