package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.RequestPart;
import io.inmesh.balancer.request.RequestHead;
import io.inmesh.balancer.request.RequestRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a channel's settings say of its calls, each of them read from the call itself.
 *
 * @param rules those of the service; the program's words are in the call's options
 */
record CallRules(RequestRules rules) {
    /** Nothing is read. */
    static final CallRules NONE = new CallRules(RequestRules.NONE);

    static CallRules of(BalancerConfig config) {
        return new CallRules(RequestRules.of(config));
    }

    /** Where calls carry the token of their session; null: in {@link MeshChannels#SESSION} alone. */
    @Nullable
    RequestPart token() {
        return rules.token();
    }

    /** What a pick for that call is to know. */
    PickContext contextOf(PickSubchannelArgs args) {
        CallOptions options = args.getCallOptions();
        CallAttempts attempts = CallAttempts.of(options);
        PickContext context = attempts == null ? contextOf(options) : attempts.context();
        return rules.isEmpty() ? context : rules.contextOf(new CallHead(args), context);
    }

    /** What the program itself says of a call. */
    static PickContext contextOf(CallOptions options) {
        CallSession session = options.getOption(MeshChannels.SESSION);
        PickContext context = session == null ? PickContext.NONE : session.context();
        String said = options.getOption(MeshChannels.KEY);
        return said == null ? context : context.withKey(said);
    }

    /** A call as settings speak of it. */
    private record CallHead(PickSubchannelArgs args) implements RequestHead {
        @Override
        public List<String> headers(String name) {
            return valuesOf(args.getHeaders(), name);
        }

        @Override
        public String path() {
            return "/" + method();
        }

        @Override
        public String method() {
            return args.getMethodDescriptor().getFullMethodName();
        }
    }

    /** What metadata says under that name. */
    static List<String> valuesOf(Metadata metadata, String name) {
        Iterable<String> all = metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        if (all == null) {
            return List.of();
        }
        List<String> values = new ArrayList<>(1);
        all.forEach(values::add);
        return values;
    }
}
