package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.engine.Engine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What our name resolver tells our policy beside the addresses, through gRPC's attributes.
 *
 * @param engine what the channel's mesh shares
 * @param target what the channel reaches
 * @param key whose endpoint states are used
 * @param endpoints all of them, usable or not
 * @param nothingUsable why no endpoint is usable, or null if one is
 */
record MeshBinding(
        Engine engine,
        Target target,
        ServiceKey key,
        List<Endpoint> endpoints,
        @Nullable Unresolved nothingUsable) {

    /** On the attributes of a resolution. */
    static final Attributes.Key<MeshBinding> KEY = Attributes.Key.create("io.inmesh.binding");

    /** On each address: the endpoint it belongs to. */
    @EquivalentAddressGroup.Attr
    static final Attributes.Key<Endpoint> ENDPOINT = Attributes.Key.create("io.inmesh.endpoint");

    static MeshBinding of(Engine engine, Target target, EndpointSet set) {
        return new MeshBinding(engine, target, set.facts().key(), set.endpoints(), set.nothingUsable());
    }

    static MeshBinding of(Engine engine, Target target, Unresolved unresolved) {
        return new MeshBinding(engine, target, ServiceKey.of(target), List.of(), unresolved);
    }

    /** What gRPC's own policies print when they get no address. */
    @Override
    public String toString() {
        return nothingUsable == null ? target + " with " + endpoints.size() + " endpoints" : nothingUsable.toString();
    }
}
