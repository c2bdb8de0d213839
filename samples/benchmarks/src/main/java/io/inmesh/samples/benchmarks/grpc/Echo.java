package io.inmesh.samples.benchmarks.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Two methods that send back what came: one that may be sent twice, and one that may not. */
final class Echo {
    static final String SERVICE = "bench.Echo";
    static final MethodDescriptor<byte[], byte[]> SAFE = method("Safe", true);
    static final MethodDescriptor<byte[], byte[]> UNSAFE = method("Unsafe", false);

    private Echo() {}

    private static MethodDescriptor<byte[], byte[]> method(String name, boolean idempotent) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setIdempotent(idempotent)
                .setRequestMarshaller(Bytes.AS_THEY_ARE)
                .setResponseMarshaller(Bytes.AS_THEY_ARE)
                .build();
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        AS_THEY_ARE;

        @Override
        public InputStream stream(byte[] value) {
            return new Message(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readNBytes(stream.available()); // Without a buffer of its own, as protobuf's.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** As protobuf's: knows its length, and writes itself without being copied. */
    private static final class Message extends ByteArrayInputStream implements Drainable, KnownLength {
        private Message(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int count = available();
            target.write(buf, pos, count);
            pos = this.count;
            return count;
        }
    }
}
