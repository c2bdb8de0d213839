package io.inmesh.balancer.grpc;

import io.inmesh.api.Internal;

/** {@code static:///10.0.0.7:8080,10.0.0.8:8080}. Found by gRPC's service loader; not to be used otherwise. */
@Internal
public final class StaticNameResolverProvider extends InmeshNameResolverProvider {

    /** For the service loader. */
    public StaticNameResolverProvider() {
        super("static");
    }
}
