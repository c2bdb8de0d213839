package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelProvider;
import io.grpc.ManagedChannelRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.ProtoUtils;
import io.inmesh.api.Endpoint;
import io.inmesh.balancer.check.Check;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;

/**
 * Asks by gRPC's health checking protocol ({@code grpc.health.v1.Health/Check}), over a connection of its own for each question. A server that does not
 * implement it counts as well, as for gRPC's own clients (gRFC A17): it cannot say otherwise, and may serve.
 */
final class GrpcHealthCheck implements Check {
    /** As generated stubs have it, whose annotations would need one jar more to compile. */
    private static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> METHOD =
            MethodDescriptor.<HealthCheckRequest, HealthCheckResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("grpc.health.v1.Health/Check")
                    .setRequestMarshaller(ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(HealthCheckResponse.getDefaultInstance()))
                    .build();

    private final HealthCheckRequest request;

    /** About that service of the endpoint, or, if empty, the server as a whole. */
    GrpcHealthCheck(String service) {
        this.request = HealthCheckRequest.newBuilder().setService(service).build();
    }

    /**
     * Looks for a transport, and connects to nobody; without one each question would fail, and the whole service look ill.
     *
     * @throws NoSuchElementException if there is none
     */
    static void findTransport() {
        try {
            Object unused = Grpc.newChannelBuilder("dns:///localhost:1", InsecureChannelCredentials.create());
        } catch (ManagedChannelRegistry.ProviderNotFoundException
                | ManagedChannelProvider.ProviderNotFoundException e) {
            NoSuchElementException none = new NoSuchElementException(e.getMessage());
            none.initCause(e);
            throw none;
        }
    }

    @Override
    public CompletableFuture<Void> ask(Endpoint endpoint) {
        ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                        endpoint.host(), endpoint.port(), InsecureChannelCredentials.create())
                .directExecutor()
                .disableRetry()
                .build();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        Object unused = answer.whenComplete((nothing, failure) -> channel.shutdownNow());
        ClientCall<HealthCheckRequest, HealthCheckResponse> call = channel.newCall(METHOD, CallOptions.DEFAULT);
        call.start(new Listening(answer), new Metadata());
        call.sendMessage(request);
        call.halfClose();
        call.request(2); // One more than there is: an answer with two is refused by the call itself.
        return answer;
    }

    /** Turns what the server says into the answer. */
    private static final class Listening extends ClientCall.Listener<HealthCheckResponse> {
        private final CompletableFuture<Void> answer;
        private ServingStatus status = ServingStatus.UNKNOWN;

        private Listening(CompletableFuture<Void> answer) {
            this.answer = answer;
        }

        @Override
        public void onMessage(HealthCheckResponse response) {
            status = response.getStatus();
        }

        @Override
        public void onClose(Status closed, Metadata trailers) {
            boolean unimplemented = closed.getCode() == Status.Code.UNIMPLEMENTED;
            if (unimplemented || (closed.isOk() && status == ServingStatus.SERVING)) {
                answer.complete(null);
            } else if (closed.isOk()) {
                answer.completeExceptionally(new NotWellException("it says " + status));
            } else {
                answer.completeExceptionally(closed.asException());
            }
        }
    }
}
