package io.inmesh.samples.doors;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.inmesh.api.Endpoint;
import io.inmesh.balancer.grpc.MeshChannels;
import io.inmesh.balancer.grpc.ServedBy;

/** Calls of one customer go to one pod, and tell which it was. */
final class GrpcKeys {
    /** A message, as generated classes have it. */
    record GetOrder(String id, String customer) {}

    private GrpcKeys() {}

    static Channel byCustomer(Channel orders) {
        Channel byCustomer =
                ClientInterceptors.intercept(orders, MeshChannels.keyFrom(GetOrder.class, GetOrder::customer));
        return byCustomer;
    }

    static <R> String podOf(Channel orders, MethodDescriptor<GetOrder, R> method, GetOrder request) {
        ServedBy served = new ServedBy();
        CallOptions options = CallOptions.DEFAULT
                .withOption(MeshChannels.KEY, request.customer())
                .withOption(MeshChannels.SERVED_BY, served);
        ClientCalls.blockingUnaryCall(orders, method, options, request);
        Endpoint endpoint = served.endpoint();
        return endpoint == null ? "nobody" : String.valueOf(endpoint.pod());
    }
}
