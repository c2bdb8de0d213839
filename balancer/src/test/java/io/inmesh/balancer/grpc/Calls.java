package io.inmesh.balancer.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;

/** Calls that a test begins and may cancel at any moment. */
final class Calls {
    private Calls() {}

    /** Sends one request; the future completes with the status of the end. */
    static CompletableFuture<Status> begin(ClientCall<String, String> call) {
        return begin(call, "hello");
    }

    static CompletableFuture<Status> begin(ClientCall<String, String> call, String request) {
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.sendMessage(request);
        call.halfClose();
        call.request(1);
        return end;
    }
}
