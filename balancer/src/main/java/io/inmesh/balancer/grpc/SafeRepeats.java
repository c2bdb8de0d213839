package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers gRPC's own retries and hedges, call by call: what is safe to send twice gets one of the two policies, and never both; everything else gets
 * none, and is repeated only when gRPC knows that nothing was processed, which it does by itself. Each call carries its attempts ({@link
 * CallAttempts}), of which pickers know what was tried and whether one more may be made.
 *
 * <p>Where nothing is to be done for a call as a whole ({@link CallTerms#seeCalls}), the channel is given no selector, and its calls cost only what
 * their streams do. What gRPC then repeats by itself, since it knows that nothing was processed, neither pays to the service's budget nor is paid from it, may
 * come to the same endpoint again if that is still connected to, and is told to observers as an attempt that ended, not as a repeat.
 *
 * <p>The only class that uses gRPC's internal config selector: there is no public way to give a policy to one call and not to another of the same
 * method. A channel whose builder says {@code disableServiceConfigLookUp()} discards it; one that says {@code disableRetry()}, or a lower {@code
 * maxRetryAttempts}, makes gRPC read the policies accordingly.
 *
 * <p>Threads: any; made in the channel's synchronization context.
 */
final class SafeRepeats extends InternalConfigSelector {
    private static final Logger log = LoggerFactory.getLogger(SafeRepeats.class);

    private final ServiceConfigParser parser;
    private final Map<String, ?> channelConfig;
    private final CallTerms terms;
    private final Object plain;
    private final Result once;
    private final Result retried;

    /** The last one. Written by whichever call finds that the delay has changed; of several at once any may stay. */
    private volatile @Nullable Hedged hedged;

    /** Hedging after that delay. */
    private record Hedged(long delayNanos, Result result) {}

    private SafeRepeats(ServiceConfigParser parser, Map<String, ?> channelConfig, CallTerms terms) {
        this.parser = parser;
        this.channelConfig = channelConfig;
        this.terms = terms;
        this.plain = read(channelConfig);
        this.once = result(plain, Course.ONCE);
        this.retried = repeats() ? result(withMethods(MethodPolicies.retry(terms.config())), Course.RETRIED) : once;
    }

    /** For calls by those terms, of a channel with that service config, which says nothing of methods. Service configs are read by gRPC. */
    static SafeRepeats of(ServiceConfigParser parser, Map<String, ?> channelConfig, CallTerms terms) {
        return new SafeRepeats(parser, channelConfig, terms);
    }

    /** This, in the place of what a channel went by before, or null: what its settings ask for in vain is said once. */
    SafeRepeats instead(@Nullable SafeRepeats before) {
        if (isTimeoutInVain() && (before == null || !before.isTimeoutInVain())) {
            log.warn(
                    "{}: retry.timeout = {} is not applied to gRPC calls beside hedge.delay, since gRPC's engine has one delay for each call; set one of the two",
                    terms.target(),
                    terms.config().retry().timeout());
        }
        return this;
    }

    private boolean isTimeoutInVain() {
        return repeats()
                && terms.config().hedge().isOn()
                && !terms.config().retry().timeout().isZero();
    }

    /** True if one made from these would be the same. */
    boolean isOf(Map<String, ?> otherConfig, CallTerms otherTerms) {
        return channelConfig.equals(otherConfig) && terms.equals(otherTerms);
    }

    /** What a channel needs to find this by; empty where it has nothing to do. */
    Attributes attributes() {
        return terms.seeCalls() ? Attributes.newBuilder().set(KEY, this).build() : Attributes.EMPTY;
    }

    /** The service config without a word on methods, for the channel itself. */
    ConfigOrError channelConfig() {
        return ConfigOrError.fromConfig(plain);
    }

    private boolean repeats() {
        return terms.config().retry().attempts() > 1;
    }

    /** All that is read from the config of a call. */
    private Object withMethods(Map<String, ?> methodConfig) {
        return read(Map.of("methodConfig", List.of(methodConfig)));
    }

    private Object read(Map<String, ?> config) {
        ConfigOrError read = parser.parseServiceConfig(config);
        Object parsed = read.getConfig();
        if (parsed == null) {
            throw new IllegalStateException("gRPC does not take the service config " + config + ": " + read.getError());
        }
        return parsed;
    }

    private Result result(Object config, Course course) {
        return Result.newBuilder()
                .setConfig(config)
                .setInterceptor(new Remembering(terms, course))
                .build();
    }

    @Override
    public Result selectConfig(PickSubchannelArgs args) {
        MethodDescriptor<?, ?> method = args.getMethodDescriptor();
        boolean safe = method.isIdempotent()
                || method.isSafe()
                || Boolean.TRUE.equals(args.getCallOptions().getOption(MeshChannels.IDEMPOTENT));
        if (!safe || !repeats()) {
            return once;
        }
        long delay = hedgeDelayNanos();
        return delay > 0 ? hedgedAfter(delay) : retried;
    }

    /** A limit for each attempt is a hedge after that time: gRPC's own is parsed and not applied. 0 where neither is set, or no percentile is known. */
    private long hedgeDelayNanos() {
        long delay = terms.terms().hedgeDelayNanos();
        return delay > 0 ? delay : terms.config().retry().timeout().toNanos();
    }

    private Result hedgedAfter(long delayNanos) {
        Hedged last = hedged;
        if (last == null || last.delayNanos != delayNanos) {
            Duration delay = Duration.ofNanos(delayNanos);
            Object config = withMethods(MethodPolicies.hedging(delay));
            last = new Hedged(delayNanos, result(config, Course.HEDGED));
            hedged = last;
        }
        return last.result;
    }

    /** Gives each call its own memory of attempts, which ends with it. */
    private record Remembering(CallTerms terms, Course course) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            CallAttempts attempts = new CallAttempts(terms, course, method.getType(), options);
            return new RememberedCall<>(next.newCall(method, attempts.into(options)), attempts);
        }
    }
}
