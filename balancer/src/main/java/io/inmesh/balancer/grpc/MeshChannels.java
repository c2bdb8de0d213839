package io.inmesh.balancer.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.NameResolver;
import io.inmesh.api.Prober;
import io.inmesh.balancer.Mesh;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys by which a program tells the gRPC door more than the target does. None is needed:
 *
 * <pre>{@code
 * ManagedChannel orders = Grpc.newChannelBuilder("k8s:///orders.shop:grpc", InsecureChannelCredentials.create()).build();
 * }</pre>
 *
 * <p>The resolver's service config carries the policy {@code inmesh}. A service config or policy of the user's own applies after {@code
 * disableServiceConfigLookUp()} on the channel's builder.
 */
public final class MeshChannels {

    /**
     * The mesh that a channel belongs to: {@code builder.setNameResolverArg(MeshChannels.MESH, mesh)}. Without it, channels share one mesh
     * of the process with everything at its default, closed with its last channel.
     */
    public static final NameResolver.Args.Key<Mesh> MESH = NameResolver.Args.Key.create("inmesh.mesh");

    /** Settings from code, by the keys of all other places; the target's own query outranks them. */
    public static final NameResolver.Args.Key<Map<String, String>> SETTINGS =
            NameResolver.Args.Key.create("inmesh.settings");

    /**
     * Declares that a call may be sent twice: {@code stub.withOption(MeshChannels.IDEMPOTENT, true)}. Calls whose method says so in its
     * descriptor need no declaration.
     */
    public static final CallOptions.Key<Boolean> IDEMPOTENT =
            CallOptions.Key.createWithDefault("inmesh.idempotent", Boolean.FALSE);

    /**
     * The session that a call belongs to, under {@code affinity.mode = strong}: {@code stub.withOption(MeshChannels.SESSION, session)}. Its calls go to
     * one endpoint, and it knows the token that brings it back there from another process.
     */
    public static final CallOptions.Key<@Nullable CallSession> SESSION = CallOptions.Key.create("inmesh.session");

    /**
     * The key of a call, for policies that follow keys: {@code stub.withOption(MeshChannels.KEY, customer)}. Comes before those that setting
     * {@code key.from} finds in the call.
     */
    public static final CallOptions.Key<@Nullable String> KEY = CallOptions.Key.create("inmesh.key");

    /** Where to write which endpoint serves the call; see {@link ServedBy}. */
    public static final CallOptions.Key<@Nullable ServedBy> SERVED_BY = CallOptions.Key.create("inmesh.served-by");

    /**
     * Takes the key of calls from their message:
     *
     * <pre>{@code
     * Channel byCustomer = ClientInterceptors.intercept(channel, MeshChannels.keyFrom(GetOrder.class, GetOrder::customer));
     * }</pre>
     *
     * <p>A call is begun only when its message is there, which a stub hands over in the same moment. Calls whose client may send several messages,
     * calls of other messages, and those that have a {@link #KEY} already are left as they are; so is a call for which the function finds
     * null.
     *
     * @param type the class of the messages it is for
     * @param key reads the key, on the thread that sends; what it throws, sending the message throws
     */
    public static <M> ClientInterceptor keyFrom(Class<M> type, Function<? super M, @Nullable String> key) {
        return new KeyFromMessage<>(type, key);
    }

    /**
     * Asks servers how loaded they are over the connections of the channel that wants to know, for policy {@code prequal}; they answer by {@link
     * io.inmesh.balancer.grpc.orca.LoadReporting#probes}:
     *
     * <pre>{@code
     * Mesh mesh = Mesh.builder().prober(MeshChannels.prober()).build();
     * }</pre>
     */
    public static Prober prober() {
        return GrpcProber.INSTANCE;
    }

    private MeshChannels() {}
}
