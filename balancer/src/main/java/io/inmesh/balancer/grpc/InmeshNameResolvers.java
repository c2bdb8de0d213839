package io.inmesh.balancer.grpc;

import io.grpc.NameResolverRegistry;
import io.inmesh.api.ResolverProvider;
import io.inmesh.balancer.find.Providers;
import java.util.Set;

/**
 * Makes further schemes known to gRPC. {@code k8s} and {@code static} need no call; a scheme of one's own does:
 *
 * <pre>{@code
 * InmeshNameResolvers.register(); // once, before the first channel
 * }</pre>
 */
public final class InmeshNameResolvers {
    /** {@code dns} stays gRPC's own, the others are registered by service files. */
    private static final Set<String> NOT_TO_REGISTER = Set.of("dns", "k8s", "static");

    private InmeshNameResolvers() {}

    /** Registers every scheme that a {@link ResolverProvider} on the class path serves. Threads: any; a second call changes nothing that matters. */
    public static void register() {
        for (ResolverProvider provider : Providers.of(ResolverProvider.class)) {
            register(provider.scheme());
        }
    }

    /** Registers one scheme, whose provider is on the class path or in the channel's mesh. */
    public static void register(String scheme) {
        if (!NOT_TO_REGISTER.contains(scheme)) {
            NameResolverRegistry.getDefaultRegistry().register(new InmeshNameResolverProvider(scheme));
        }
    }
}
