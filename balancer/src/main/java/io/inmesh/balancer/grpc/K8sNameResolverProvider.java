package io.inmesh.balancer.grpc;

import io.inmesh.api.Internal;
import io.inmesh.api.Target;

/** {@code k8s:///orders.shop:grpc}. Found by gRPC's service loader; not to be used otherwise. */
@Internal
public final class K8sNameResolverProvider extends InmeshNameResolverProvider {

    /** For the service loader. */
    public K8sNameResolverProvider() {
        super(Target.KUBERNETES);
    }
}
