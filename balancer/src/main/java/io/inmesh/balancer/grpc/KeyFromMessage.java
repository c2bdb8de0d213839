package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** See {@link MeshChannels#keyFrom}. */
final class KeyFromMessage<M> implements ClientInterceptor {
    private final Class<M> type;
    private final Function<? super M, @Nullable String> key;

    KeyFromMessage(Class<M> type, Function<? super M, @Nullable String> key) {
        this.type = type;
        this.key = key;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        boolean oneMessage = method.getType().clientSendsOneMessage();
        if (!oneMessage || options.getOption(MeshChannels.KEY) != null) {
            return next.newCall(method, options);
        }
        return new CallOnMessage<>(message -> next.newCall(method, withKey(options, message)));
    }

    private CallOptions withKey(CallOptions options, @Nullable Object message) {
        String found = type.isInstance(message) ? key.apply(type.cast(message)) : null;
        return found == null ? options : options.withOption(MeshChannels.KEY, found);
    }
}
