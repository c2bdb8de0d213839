package io.inmesh.samples.benchmarks.peers;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.inmesh.api.Choice;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.samples.benchmarks.BalancedService;
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
 * Round robin beside gRPC's {@code round_robin}, and a whole cycle beside {@code least_request}, gRPC's one policy that counts requests: its
 * pick, its tracer opened and closed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class GrpcPeerBenchmark {

    /** How many endpoints are chosen from. */
    @Param({"10", "1000"})
    public int endpoints;

    private @Nullable BalancedService ours;
    private @Nullable LoadBalancer roundRobin;
    private @Nullable GrpcPicker grpcRoundRobin;
    private @Nullable GrpcPicker grpcLeastRequest;
    private @Nullable SubchannelPicker grpcRoundRobinPicker;
    private @Nullable SubchannelPicker grpcLeastRequestPicker;
    private final PickSubchannelArgs args = new NoArgs();
    private final ClientStreamTracer.StreamInfo info =
            ClientStreamTracer.StreamInfo.newBuilder().build();
    private final Metadata headers = new Metadata();

    /** Makes every balancer. */
    @Setup
    public void open() {
        ours = new BalancedService("round-robin", endpoints);
        roundRobin = ours.balancer();
        grpcRoundRobin = new GrpcPicker("round_robin", endpoints);
        grpcRoundRobinPicker = grpcRoundRobin.picker();
        grpcLeastRequest = new GrpcPicker("least_request_experimental", endpoints);
        grpcLeastRequestPicker = grpcLeastRequest.picker();
    }

    /** Closes them. */
    @TearDown
    public void close() {
        Objects.requireNonNull(ours).close();
        Objects.requireNonNull(grpcRoundRobin).close();
        Objects.requireNonNull(grpcLeastRequest).close();
    }

    /** Our choice. */
    @Benchmark
    public Choice inmeshChoose() {
        return Objects.requireNonNull(roundRobin).choose(PickContext.NONE);
    }

    /** gRPC's pick. */
    @Benchmark
    public PickResult grpcPick() {
        return Objects.requireNonNull(grpcRoundRobinPicker).pickSubchannel(args);
    }

    /** Our whole cycle. */
    @Benchmark
    public boolean inmeshCycle() {
        return Objects.requireNonNull(roundRobin).pick(PickContext.NONE) instanceof Lease lease
                && lease.complete(Outcome.SUCCESS);
    }

    /** gRPC's whole cycle. */
    @Benchmark
    public ClientStreamTracer grpcLeastRequestCycle() {
        PickResult result = Objects.requireNonNull(grpcLeastRequestPicker).pickSubchannel(args);
        ClientStreamTracer tracer =
                Objects.requireNonNull(result.getStreamTracerFactory()).newClientStreamTracer(info, headers);
        tracer.streamCreated(Attributes.EMPTY, headers);
        tracer.streamClosed(Status.OK);
        return tracer;
    }

    /** What these policies never look at. */
    private static final class NoArgs extends PickSubchannelArgs {
        @Override
        public CallOptions getCallOptions() {
            return CallOptions.DEFAULT;
        }

        @Override
        public Metadata getHeaders() {
            throw new UnsupportedOperationException("not read by the policies measured");
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            throw new UnsupportedOperationException("not read by the policies measured");
        }
    }
}
