package io.inmesh.balancer;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mesh's resolver providers, by scheme.
 *
 * <p>Threads: any.
 */
final class Resolvers {
    private static final Logger log = LoggerFactory.getLogger(Resolvers.class);

    private final Map<String, ResolverProvider> byScheme;
    private final ResolverProvider.Context context;

    /**
     * Creates it.
     *
     * @param context whose clock, threads and observer all resolvers of the mesh have
     */
    Resolvers(Map<String, ResolverProvider> byScheme, ResolverProvider.Context context) {
        this.byScheme = new TreeMap<>(byScheme);
        this.context = context;
    }

    /** Reads a target; see {@link Mesh#parse}. */
    Target parse(String text) {
        return of(Target.schemeOf(text), text).parse(text);
    }

    /** One for that target, not yet started. */
    Resolver newResolver(Target target) {
        return of(target.scheme(), target.toString()).newResolver(target, context);
    }

    private ResolverProvider of(String scheme, String text) {
        ResolverProvider provider = byScheme.get(scheme);
        if (provider == null) {
            throw new InvalidTargetException("target '" + text + "': nothing resolves scheme '" + scheme + "' (known: "
                    + (byScheme.isEmpty() ? "none" : String.join(", ", byScheme.keySet()))
                    + "); for k8s and static add io.inmesh:inmesh-resolver to the class path");
        }
        return provider;
    }

    /** Lets go of what providers keep for this mesh. */
    void release() {
        for (ResolverProvider provider : byScheme.values()) {
            try {
                provider.release(context);
            } catch (RuntimeException e) {
                log.warn("{} did not let go of what it kept for this mesh", provider, e);
            }
        }
    }
}
