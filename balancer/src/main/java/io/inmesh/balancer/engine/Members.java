package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The members of one balancer, in canonical order. Survivors of an update stay the same objects, with their numbers; leavers give
 * their state back.
 *
 * <p>Threads: one balancer's lane.
 *
 * @param <M> the member as a door needs it
 */
public final class Members<M extends Member> {
    private final Engine engine;
    private final Target target;
    private final ServiceKey key;
    private final Maker<M> maker;
    private final EndpointStates states;

    private Map<String, M> byId = new LinkedHashMap<>();

    /** Makes a member for an endpoint that has arrived. */
    @FunctionalInterface
    public interface Maker<M extends Member> {
        /** Makes it; the states are those of its service port. */
        M make(Target target, Endpoint endpoint, EndpointStates states, NanoClock clock, BalancerObserver observer);
    }

    /** Takes a share in the states of a service port; give it back with {@link #close()}. */
    public Members(Engine engine, Target target, ServiceKey key, Maker<M> maker) {
        this.engine = engine;
        this.target = target;
        this.key = key;
        this.maker = maker;
        this.states = engine.states().retain(key);
    }

    /** The service port whose endpoints these are. */
    public ServiceKey key() {
        return key;
    }

    /**
     * Makes the members those of the given endpoints.
     *
     * @param endpoints in canonical order, each id once
     * @return the members that have left
     */
    public Collection<M> reconcile(Collection<Endpoint> endpoints) {
        Map<String, M> leavers = byId;
        Map<String, M> next = new LinkedHashMap<>();
        for (Endpoint endpoint : endpoints) {
            M member = leavers.remove(endpoint.id());
            if (member == null) {
                member = maker.make(target, endpoint, states, engine.clock(), engine.observer());
            } else {
                member.update(endpoint);
            }
            next.put(endpoint.id(), member);
        }
        byId = next;
        leavers.values().forEach(Member::gone);
        leavers.values().forEach(Member::leave);
        return leavers.values();
    }

    /** Every member, in canonical order. */
    public Collection<M> all() {
        return byId.values();
    }

    /** The same for readers on other threads. */
    public List<EndpointView> views() {
        return List.copyOf(byId.values());
    }

    /** All leave: they may be in the set still, but nobody asks here any more. */
    public void close() {
        byId.values().forEach(Member::leave);
        byId = new LinkedHashMap<>();
        engine.states().release(key);
    }
}
