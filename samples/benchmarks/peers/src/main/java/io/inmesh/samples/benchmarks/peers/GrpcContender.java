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
import java.util.Map;
import java.util.stream.IntStream;

/** gRPC's pickers, over subchannels that are all ready. A cycle opens and closes the tracer of the pick, as a call does. */
final class GrpcContender implements Contender {
    /** Lets {@code ring_hash} go by a header, which gRPC has behind this switch as yet. */
    static final String HASH_BY_HEADER = "GRPC_EXPERIMENTAL_RING_HASH_SET_REQUEST_HASH_KEY";

    private static final Metadata.Key<String> USER = Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);
    private static final ClientStreamTracer.StreamInfo INFO =
            ClientStreamTracer.StreamInfo.newBuilder().build();

    private final GrpcPicker made;
    private final SubchannelPicker picker;
    private final PickSubchannelArgs args = new Args(new Metadata());
    private final Metadata headers = new Metadata();

    private GrpcContender(GrpcPicker made) {
        this.made = made;
        this.picker = made.picker();
    }

    static Contender open(String policy, int endpoints) {
        return switch (policy) {
            case "weighted_round_robin" -> {
                GrpcPicker weighted =
                        new GrpcPicker(policy, endpoints, Map.of("blackoutPeriod", "0s", "weightUpdatePeriod", "0.1s"));
                GrpcLoadReports.give(weighted, endpoints);
                yield new GrpcContender(weighted);
            }
            case "ring_hash_experimental" ->
                new Keyed(new GrpcPicker(policy, endpoints, Map.of("requestHashHeader", USER.name())));
            default -> new GrpcContender(new GrpcPicker(policy, endpoints, Map.of()));
        };
    }

    /** Arguments of a call without key. */
    static PickSubchannelArgs anyCall() {
        return new Args(new Metadata());
    }

    @Override
    public Object choose(Turn turn) {
        return picker.pickSubchannel(args);
    }

    @Override
    public Object cycle(Turn turn) {
        return traced(picker.pickSubchannel(args), headers);
    }

    private static Object traced(PickResult result, Metadata headers) {
        ClientStreamTracer.Factory factory = result.getStreamTracerFactory();
        if (factory == null) {
            return result;
        }
        ClientStreamTracer tracer = factory.newClientStreamTracer(INFO, headers);
        tracer.streamCreated(Attributes.EMPTY, headers);
        tracer.streamClosed(Status.OK);
        return tracer;
    }

    @Override
    public void close() {
        made.close();
    }

    private static final class Keyed implements Contender {
        /** Enough random picks for every endpoint on the ring to have been asked to connect. */
        private static final int PICKS_EACH = 20;

        private final GrpcPicker made;
        private final SubchannelPicker picker;
        private final PickSubchannelArgs[] args =
                IntStream.range(0, Turn.KEYS).mapToObj(Keyed::call).toArray(PickSubchannelArgs[]::new);

        private Keyed(GrpcPicker made) {
            this.made = made;
            // It connects to an endpoint when a request first comes to it.
            for (int i = 0; i < Turn.KEYS * PICKS_EACH; i++) {
                made.firstPicker().pickSubchannel(args[i % Turn.KEYS]);
            }
            this.picker = made.picker();
            for (PickSubchannelArgs each : args) {
                Object owner = picker.pickSubchannel(each).getSubchannel();
                if (owner == null || owner != picker.pickSubchannel(each).getSubchannel()) {
                    throw new IllegalStateException("ring_hash: a key has no endpoint, or not always the same one");
                }
            }
        }

        private static PickSubchannelArgs call(int number) {
            Metadata headers = new Metadata();
            headers.put(USER, Turn.key(number));
            return new Args(headers);
        }

        @Override
        public Object choose(Turn turn) {
            return picker.pickSubchannel(args[turn.next()]);
        }

        @Override
        public Object cycle(Turn turn) {
            return traced(picker.pickSubchannel(args[turn.next()]), new Metadata());
        }

        @Override
        public void close() {
            made.close();
        }
    }

    /** A call's arguments, as far as policies read them. */
    private static final class Args extends PickSubchannelArgs {
        private final Metadata headers;

        private Args(Metadata headers) {
            this.headers = headers;
        }

        @Override
        public CallOptions getCallOptions() {
            return CallOptions.DEFAULT;
        }

        @Override
        public Metadata getHeaders() {
            return headers;
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            throw new UnsupportedOperationException("not read by the policies measured");
        }
    }
}
