package io.inmesh.samples.quickstart;

import io.grpc.MethodDescriptor;
import io.inmesh.balancer.attempt.Safety;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What service {@code orders} offers, without generated code: an order is a text, and the answer is the name of the pod that served it. */
final class OrdersApi {
    static final String GRPC_SERVICE = "shop.Orders";

    /** Reads an order. Declared idempotent: the gRPC door may repeat it. */
    static final MethodDescriptor<String, String> FIND =
            method("Find").setIdempotent(true).build();

    /** Places an order: twice would be wrong. */
    static final MethodDescriptor<String, String> PLACE = method("Place").build();

    /** GET finds, POST places. */
    static final String HTTP_PATH = "/orders/1";

    /** The Host that HTTP requests carry: the service's own name, whichever pod they go to. */
    static final String HTTP_HOST = "orders.shop";

    private OrdersApi() {}

    static MethodDescriptor<String, String> grpcMethod(Safety safety) {
        return safety == Safety.IDEMPOTENT ? FIND : PLACE;
    }

    static String httpMethod(Safety safety) {
        return safety == Safety.IDEMPOTENT ? "GET" : "POST";
    }

    private static MethodDescriptor.Builder<String, String> method(String name) {
        return MethodDescriptor.<String, String>newBuilder(Text.MARSHALLER, Text.MARSHALLER)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(GRPC_SERVICE, name));
    }

    /** Messages are UTF-8 text. */
    private enum Text implements MethodDescriptor.Marshaller<String> {
        MARSHALLER;

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("a gRPC message that is in memory could not be read", e);
            }
        }
    }
}
