package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.inmesh.api.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint serves a call: its pod, node and zone, for logs and traces.
 *
 * <pre>{@code
 * @Override
 * public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
 *     ServedBy served = ServedBy.of(options);
 *     ClientCall<Q, R> call = next.newCall(method, options.withOption(MeshChannels.SERVED_BY, served));
 *     return new SimpleForwardingClientCall<>(call) {
 *         @Override
 *         public void start(Listener<R> listener, Metadata headers) {
 *             super.start(
 *                     new SimpleForwardingClientCallListener<>(listener) {
 *                         @Override
 *                         public void onClose(Status status, Metadata trailers) {
 *                             Endpoint endpoint = served.endpoint();
 *                             log.accept(status.getCode() + " from " + (endpoint == null ? "nobody" : endpoint.pod()));
 *                             super.onClose(status, trailers);
 *                         }
 *                     },
 *                     headers);
 *         }
 *     };
 * }
 * }</pre>
 *
 * <p>Of several attempts it is the one that answered, while none has the last that was sent. Metrics are told the same by {@link
 * io.inmesh.api.observe.BalancerObserver#completed}, attempt by attempt.
 *
 * <p>Threads: any. One for each call.
 */
public final class ServedBy {
    /** Written by the transports of the call's attempts, read by the program. */
    private volatile @Nullable Endpoint endpoint;

    /** Of a call that is not placed yet. */
    public ServedBy() {}

    /** The one that the call has from an interceptor before, or a new one. */
    public static ServedBy of(CallOptions options) {
        ServedBy given = options.getOption(MeshChannels.SERVED_BY);
        return given == null ? new ServedBy() : given;
    }

    /** Null while the call waits for an endpoint, and for ever if it never got one. */
    public @Nullable Endpoint endpoint() {
        return endpoint;
    }

    void is(Endpoint newEndpoint) {
        endpoint = newEndpoint;
    }

    @Override
    public String toString() {
        Endpoint known = endpoint;
        return known == null ? "nobody" : known.address();
    }
}
