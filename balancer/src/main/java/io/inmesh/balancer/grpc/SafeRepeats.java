package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import io.grpc.Status;
import io.inmesh.balancer.attempt.RepeatRule;
import java.util.List;
import java.util.Map;

/**
 * Steers gRPC's own retries, call by call: what is idempotent is sent once more if it broke, everything else only when gRPC knows that
 * nothing was processed, which it repeats by itself. Each call carries the endpoints it has tried.
 *
 * <p>The only class that uses gRPC's internal config selector: there is no public way to give a retry policy to one call and not to another
 * of the same method.
 */
final class SafeRepeats extends InternalConfigSelector {

    /** Waits a moment before the repeat, as gRPC demands; drawn by gRPC between nothing and this. */
    private static final String BACKOFF = "0.025s";

    /**
     * How an attempt ends when its connection breaks or its server stops: UNAVAILABLE, mostly; UNKNOWN when Netty finds the channel closed as it
     * writes; CANCELLED when a server that shuts down resets its streams (a caller's own cancellation ends the call, and nothing is repeated).
     * gRPC cannot tell these from a server's own word, so that of an idempotent call is repeated too.
     */
    private static final List<String> BROKEN = List.of("UNAVAILABLE", "UNKNOWN", "CANCELLED");

    private final Object plain;
    private final Object repeating;

    private SafeRepeats(Object plain, Object repeating) {
        this.plain = plain;
        this.repeating = repeating;
    }

    /** Service configs are read by gRPC; both carry the same balancing policy. */
    static SafeRepeats of(ServiceConfigParser parser, Map<String, ?> policy) {
        return new SafeRepeats(
                read(parser, Map.of("loadBalancingConfig", List.of(policy))),
                read(parser, Map.of("loadBalancingConfig", List.of(policy), "methodConfig", List.of(retryOnce()))));
    }

    /** The service config without a word on methods, for the channel itself. */
    ConfigOrError channelConfig() {
        return ConfigOrError.fromConfig(plain);
    }

    private static Map<String, ?> retryOnce() {
        Map<String, ?> retryPolicy = Map.of(
                "maxAttempts",
                (double) RepeatRule.MAX_ATTEMPTS,
                "initialBackoff",
                BACKOFF,
                "maxBackoff",
                BACKOFF,
                "backoffMultiplier",
                1.0,
                "retryableStatusCodes",
                BROKEN);
        return Map.of("name", List.of(Map.of()), "retryPolicy", retryPolicy);
    }

    private static Object read(ServiceConfigParser parser, Map<String, ?> config) {
        ConfigOrError read = parser.parseServiceConfig(config);
        Object parsed = read.getConfig();
        if (parsed == null) {
            throw new IllegalStateException("gRPC does not take the service config " + config + ": " + read.getError());
        }
        return parsed;
    }

    @Override
    public Result selectConfig(PickSubchannelArgs args) {
        MethodDescriptor<?, ?> method = args.getMethodDescriptor();
        boolean safe = method.isIdempotent()
                || method.isSafe()
                || Boolean.TRUE.equals(args.getCallOptions().getOption(MeshChannels.IDEMPOTENT));
        return Result.newBuilder()
                .setConfig(safe ? repeating : plain)
                .setInterceptor(Remembering.INSTANCE)
                .build();
    }

    /** Gives each call its own memory of attempts, and ends them with the call. */
    private enum Remembering implements ClientInterceptor {
        INSTANCE;

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            CallAttempts attempts = new CallAttempts(options);
            ClientCall<Q, R> call = next.newCall(method, options.withOption(CallAttempts.KEY, attempts));
            return new SimpleForwardingClientCall<>(call) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onClose(Status status, Metadata trailers) {
                                    attempts.end(status.getCode());
                                    super.onClose(status, trailers);
                                }
                            },
                            headers);
                }
            };
        }
    }
}
