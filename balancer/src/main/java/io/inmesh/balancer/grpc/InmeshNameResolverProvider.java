package io.inmesh.balancer.grpc;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.inmesh.api.Target;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lets gRPC channels use the resolvers of one scheme. Never the scheme of targets that name none: that stays gRPC's own. */
class InmeshNameResolverProvider extends NameResolverProvider {
    /** Below 5, gRPC's own, so that {@code dns} stays the default scheme. */
    private static final int PRIORITY = 4;

    private final String scheme;

    InmeshNameResolverProvider(String scheme) {
        this.scheme = scheme;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
        return scheme;
    }

    /**
     * Makes a resolver for a channel.
     *
     * @throws io.inmesh.api.InvalidTargetException if the target is malformed: building the channel fails with its text
     */
    @Override
    public @Nullable NameResolver newNameResolver(URI uri, NameResolver.Args args) {
        if (!scheme.equalsIgnoreCase(uri.getScheme())) {
            return null;
        }
        MeshLoan loan = MeshLoan.of(args.getArg(MeshChannels.MESH));
        try {
            Target target = loan.mesh().parse(uri.toString());
            Map<String, String> settings = args.getArg(MeshChannels.SETTINGS);
            MeshNameResolver resolver =
                    new MeshNameResolver(loan, target, settings == null ? Map.of() : settings, args);
            resolver.begin();
            return resolver;
        } catch (RuntimeException e) {
            loan.giveBack();
            throw e;
        }
    }
}
