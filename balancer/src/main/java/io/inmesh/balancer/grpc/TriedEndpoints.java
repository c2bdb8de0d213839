package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.inmesh.api.Endpoint;
import io.inmesh.api.PickContext;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that one call has been sent to, carried by the call's options through gRPC's own retries: every stream adds its endpoint,
 * every pick stays away from them.
 */
final class TriedEndpoints {
    static final CallOptions.Key<@Nullable TriedEndpoints> KEY = CallOptions.Key.create("inmesh.tried-endpoints");

    /** Written by the thread that creates a stream, read by the one that picks for the next attempt; gRPC makes them one after the other. */
    private volatile PickContext context = PickContext.NONE;

    static PickContext contextOf(CallOptions options) {
        TriedEndpoints tried = options.getOption(KEY);
        return tried == null ? PickContext.NONE : tried.context;
    }

    static void add(CallOptions options, Endpoint endpoint) {
        TriedEndpoints tried = options.getOption(KEY);
        if (tried != null) {
            tried.add(endpoint);
        }
    }

    private synchronized void add(Endpoint endpoint) {
        context = context.withTried(endpoint);
    }
}
