package io.inmesh.samples.benchmarks.peers;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Gives {@code weighted_round_robin} the load reports that its weights come from, as trailers of calls; without them it would be measured as
 * plain round robin.
 */
final class GrpcLoadReports {
    private static final Metadata.Key<byte[]> REPORT =
            Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Of {@code OrcaLoadReport}: fields 6 (requests a second) and 9 (application utilization), 64 bits each. */
    private static final byte REQUESTS = (6 << 3) | 1;

    private static final byte UTILIZATION = (9 << 3) | 1;

    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final int PICKS_EACH = 20;

    private GrpcLoadReports() {}

    /** Reports for every endpoint, and waits until the picker goes by them. */
    static void give(GrpcPicker made, int endpoints) {
        Set<EquivalentAddressGroup> told = new HashSet<>();
        for (long picks = 0; told.size() < endpoints; picks++) {
            if (picks > (long) PICKS_EACH * endpoints) {
                throw new IllegalStateException("weighted_round_robin: " + told.size() + " of " + endpoints
                        + " endpoints were picked in " + picks + " picks (expected: all)");
            }
            PickResult result = made.picker().pickSubchannel(GrpcContender.anyCall());
            EquivalentAddressGroup address = addressOf(result);
            if (told.add(address)) {
                answer(result, report(InmeshContender.weight(made.indexOf(address))));
            }
        }
        long begun = System.nanoTime();
        while (!isWeighted(made, endpoints)) {
            if (System.nanoTime() - begun > LIMIT_NANOS) {
                throw new IllegalStateException("weighted_round_robin: picks do not follow the weights reported");
            }
        }
    }

    private static void answer(PickResult result, Metadata trailers) {
        ClientStreamTracer tracer = Objects.requireNonNull(result.getStreamTracerFactory())
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
        tracer.streamCreated(Attributes.EMPTY, new Metadata());
        tracer.inboundTrailers(trailers);
        tracer.streamClosed(Status.OK);
    }

    private static Metadata report(int weight) {
        Metadata trailers = new Metadata();
        trailers.put(
                REPORT,
                ByteBuffer.allocate(2 * (1 + Double.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(REQUESTS)
                        .putDouble(100.0 * weight)
                        .put(UTILIZATION)
                        .putDouble(0.5)
                        .array());
        return trailers;
    }

    /** The heaviest have at least five times what the lightest have, of whom they weigh ten times as much. */
    private static boolean isWeighted(GrpcPicker made, int endpoints) {
        Map<Integer, Integer> picksByWeight = new HashMap<>();
        for (int i = 0; i < PICKS_EACH * endpoints; i++) {
            PickResult result = made.picker().pickSubchannel(GrpcContender.anyCall());
            picksByWeight.merge(InmeshContender.weight(made.indexOf(addressOf(result))), 1, Integer::sum);
        }
        return picksByWeight.getOrDefault(10, 0) >= 5 * picksByWeight.getOrDefault(1, 0);
    }

    private static EquivalentAddressGroup addressOf(PickResult result) {
        Subchannel subchannel = Objects.requireNonNull(result.getSubchannel(), "not ready");
        return subchannel.getAddresses();
    }
}
