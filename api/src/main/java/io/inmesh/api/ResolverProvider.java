package io.inmesh.api;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;

/**
 * Makes resolvers for one scheme. Found by the service loader ({@code META-INF/services/io.inmesh.api.ResolverProvider}) and by its
 * scheme, or given to {@code Mesh.builder().resolvers(...)}.
 *
 * <pre>{@code
 * public final class FixedProvider implements ResolverProvider {
 *     @Override
 *     public String scheme() {
 *         return "fixed";
 *     }
 *
 *     @Override
 *     public Resolver newResolver(Target target, Context context) {
 *         return new FixedResolver(ServiceFacts.of(ServiceKey.of(target)), Endpoint.of("10.0.0.7", 8080));
 *     }
 * }
 * }</pre>
 *
 * <p>Threads: any. A provider may share watches between its resolvers; {@link #close()} ends what is shared.
 */
public interface ResolverProvider extends AutoCloseable {

    /** The scheme of the targets it resolves, lower case: {@code k8s}, {@code static}. */
    String scheme();

    /**
     * Reads a target of this scheme. A provider that knows more than the text does (a cluster domain, say) reads it here.
     *
     * @throws InvalidTargetException with what was found and the accepted forms
     */
    default Target parse(String text) {
        return Target.parse(text);
    }

    /**
     * Makes a resolver, not yet started.
     *
     * @throws InvalidTargetException if the target is of this scheme but can never be resolved
     */
    Resolver newResolver(Target target, Context context);

    /**
     * Where this process runs, as far as the provider knows: what stages that prefer the near go by. Asked with every change of a set, so it
     * must be quick. Unknown by default.
     */
    default Locality place() {
        return Locality.UNKNOWN;
    }

    /**
     * The mesh that this context belongs to closes: whatever is still kept for it ends now, and nothing may count on its scheduler any more.
     * Resolvers of the context were closed before. Nothing by default.
     *
     * @param context the same instance that resolvers were made with, since two meshes may have equal ones: compare by identity
     */
    default void release(Context context) {}

    /** Ends what the provider's resolvers share. Nothing by default. */
    @Override
    default void close() {}

    /**
     * What a resolver may need from the mesh it works for.
     *
     * @param clock source of time
     * @param scheduler runs its tasks
     */
    record Context(NanoClock clock, Scheduler scheduler) {}
}
