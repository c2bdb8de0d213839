package io.inmesh.spring.named;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.resolver.StaticResolverProvider;

/**
 * What the properties say that a service is.
 *
 * @param name the service, in one namespace or in all, one of its ports or all
 * @param leadsTo what it is: of scheme {@code static} a list of endpoints, else a name in the cluster
 */
public record NamedService(ServiceTarget name, Target leadsTo) {
    private static final StaticResolverProvider LISTS = new StaticResolverProvider();

    /**
     * A service that is a list of endpoints.
     *
     * @param endpoints HOST:PORT between commas
     * @throws InvalidTargetException if they are malformed
     */
    public static NamedService listed(ServiceTarget name, String endpoints) {
        return new NamedService(name, LISTS.parse(LISTS.scheme() + ":///" + endpoints.replace(" ", "")));
    }

    boolean isList() {
        return leadsTo.scheme().equals(LISTS.scheme());
    }

    /** True if that target is this service, whatever its port. */
    boolean speaksOf(ServiceTarget target) {
        String namespace = name.name().namespace();
        return target.name().host() == null
                && name.name().service().equals(target.name().service())
                && (namespace == null || namespace.equals(target.name().namespace()));
    }
}
