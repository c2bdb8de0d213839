package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Engine;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What our name resolver tells our policy beside the addresses, through gRPC's attributes.
 *
 * @param engine what the channel's mesh shares
 * @param target what the channel reaches
 * @param view where people see what becomes of it
 * @param set all endpoints, usable or not; empty, with the reason, where there is no set
 */
record MeshBinding(Engine engine, Target target, ChannelView view, EndpointSet set) {

    /** On the attributes of a resolution. */
    static final Attributes.Key<MeshBinding> KEY = Attributes.Key.create("io.inmesh.binding");

    /** Beside it: the settings that the service config of the same resolution carries, by which a channel goes unless its user has said otherwise. */
    static final Attributes.Key<Map<String, String>> SETTINGS = Attributes.Key.create("io.inmesh.settings");

    /** On each address: the endpoint it belongs to. */
    @EquivalentAddressGroup.Attr
    static final Attributes.Key<Endpoint> ENDPOINT = Attributes.Key.create("io.inmesh.endpoint");

    /** Of addresses that some other resolver found: endpoints with states of their own. */
    static MeshBinding of(Engine engine, Target target, Collection<Endpoint> endpoints) {
        Unresolved nothing = endpoints.isEmpty()
                ? new Unresolved(Reason.NO_ENDPOINTS, target + ": its resolver found no address; check the name")
                : null;
        ServiceFacts facts = ServiceFacts.of(ServiceKey.of(target));
        ChannelView unseen = new ChannelView(engine, target, LayeredConfig.of(Map.of()));
        EndpointSet set = new EndpointSet(facts, 0, List.copyOf(endpoints), nothing, false, null);
        return new MeshBinding(engine, target, unseen, set);
    }

    /** Of a target without a set. */
    static MeshBinding of(Engine engine, Target target, ChannelView view, Unresolved unresolved) {
        return of(engine, target, view, ServiceKey.of(target), unresolved);
    }

    /** Of a service port that has no set any more. */
    static MeshBinding of(Engine engine, Target target, ChannelView view, ServiceKey key, Unresolved unresolved) {
        ServiceFacts facts = ServiceFacts.of(key);
        return new MeshBinding(engine, target, view, new EndpointSet(facts, 0, List.of(), unresolved, false, null));
    }

    /** Whose endpoint states are used. */
    ServiceKey key() {
        return set.facts().key();
    }

    /** What gRPC's own policies print when they get no address. */
    @Override
    public String toString() {
        Unresolved nothing = set.nothingUsable();
        return nothing == null ? target + " with " + set.endpoints().size() + " endpoints" : nothing.toString();
    }
}
