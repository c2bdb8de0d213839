package io.inmesh.balancer.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.inmesh.api.Internal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * The question that Prequal puts to servers, and its answer. Not to be used otherwise.
 *
 * @param inFlight requests that the server has, of all clients
 * @param latencyNanos what one takes there at about that many
 */
@Internal
public record LoadProbe(int inFlight, double latencyNanos) {
    /** What is sent as the question; nothing in it is read. */
    static final LoadProbe QUESTION = new LoadProbe(0, 0);

    private static final String SERVICE = "inmesh.v1.Load";
    private static final int BYTES = Integer.BYTES + Double.BYTES;

    /** The method: both messages are twelve bytes, the number and the time. */
    public static final MethodDescriptor<LoadProbe, LoadProbe> METHOD =
            MethodDescriptor.<LoadProbe, LoadProbe>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName(SERVICE + "/Probe")
                    .setSafe(true)
                    .setIdempotent(true)
                    .setRequestMarshaller(TwelveBytes.MARSHALLER)
                    .setResponseMarshaller(TwelveBytes.MARSHALLER)
                    .build();

    /** The service that answers with what it is given. */
    public static ServerServiceDefinition service(Supplier<LoadProbe> load) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(METHOD, (call, headers) -> {
                    call.request(1);
                    return new Answering(call, load);
                })
                .build();
    }

    private static final class Answering extends ServerCall.Listener<LoadProbe> {
        private final ServerCall<LoadProbe, LoadProbe> call;
        private final Supplier<LoadProbe> load;

        Answering(ServerCall<LoadProbe, LoadProbe> call, Supplier<LoadProbe> load) {
            this.call = call;
            this.load = load;
        }

        @Override
        public void onHalfClose() {
            call.sendHeaders(new Metadata());
            call.sendMessage(load.get());
            call.close(Status.OK, new Metadata());
        }
    }

    private enum TwelveBytes implements MethodDescriptor.Marshaller<LoadProbe> {
        MARSHALLER;

        @Override
        public InputStream stream(LoadProbe probe) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            bytes.putInt(probe.inFlight).putDouble(probe.latencyNanos);
            return new ByteArrayInputStream(bytes.array());
        }

        /** More bytes may be a later version's. */
        @Override
        public LoadProbe parse(InputStream stream) {
            try {
                byte[] bytes = stream.readNBytes(BYTES);
                if (bytes.length < BYTES) {
                    throw Status.INTERNAL
                            .withDescription("a load probe of " + bytes.length + " bytes (expected: " + BYTES + ")")
                            .asRuntimeException();
                }
                ByteBuffer read = ByteBuffer.wrap(bytes);
                return new LoadProbe(read.getInt(), read.getDouble());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
