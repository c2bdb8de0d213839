package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The members of one balancer, in canonical order. Survivors of an update stay the same objects, with their numbers; leavers give
 * their state back.
 *
 * <p>Large sets are reconciled many times a second under churn, and nearly all of each is as it was. Both sides are in the same order, so
 * they are walked side by side, and ids are looked up in a map only for those that are not met in their place.
 *
 * <p>Threads: one balancer's lane.
 *
 * @param <M> the member as a door needs it
 */
public final class Members<M extends Member> {
    private static final int NOT_MET = -1;

    private final Engine engine;
    private final Target target;
    private final ServiceKey key;
    private final Maker<M> maker;
    private final EndpointStates states;

    private List<M> members = List.of(); // Immutable, so other threads may have it.

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

    /** The states of that port's endpoints. */
    public EndpointStates states() {
        return states;
    }

    /**
     * Makes the members those of the given endpoints.
     *
     * @param endpoints each id once; in canonical order, or it only takes longer
     * @return the members that have left
     */
    public Collection<M> reconcile(List<Endpoint> endpoints) {
        Map<String, M> leavers = new LinkedHashMap<>();
        int[] places = places(endpoints, leavers);
        List<M> next = new ArrayList<>(places.length);
        for (int i = 0; i < places.length; i++) {
            Endpoint endpoint = endpoints.get(i);
            // Who was not met may still be here: a pod whose address is another one now stands elsewhere.
            M member = places[i] == NOT_MET ? leavers.remove(endpoint.id()) : members.get(places[i]);
            if (member == null) {
                member = maker.make(target, endpoint, states, engine.clock(), engine.observer());
            } else {
                member.update(endpoint);
            }
            next.add(member);
        }
        members = List.copyOf(next);
        leavers.values().forEach(Member::gone);
        leavers.values().forEach(Member::leave);
        return leavers.values();
    }

    /**
     * Where the member of each endpoint stands.
     *
     * @param passed gets those that no endpoint met, by id
     */
    private int[] places(List<Endpoint> endpoints, Map<String, M> passed) {
        int[] places = new int[endpoints.size()];
        int at = 0;
        for (int i = 0; i < places.length; i++) {
            Endpoint endpoint = endpoints.get(i);
            while (at < members.size() && isPassed(members.get(at).endpoint(), endpoint)) {
                pass(members.get(at++), passed);
            }
            boolean met = at < members.size() && isSame(members.get(at).endpoint(), endpoint);
            places[i] = met ? at++ : NOT_MET;
        }
        while (at < members.size()) {
            pass(members.get(at++), passed);
        }
        return places;
    }

    private void pass(M member, Map<String, M> passed) {
        passed.put(member.endpoint().id(), member);
    }

    /** Whether it stands before the other in canonical order, and is not the same in other words. */
    private static boolean isPassed(Endpoint held, Endpoint endpoint) {
        if (isSame(held, endpoint)) {
            return false;
        }
        int order = held.hashKey().compareTo(endpoint.hashKey());
        return order < 0 || (order == 0 && held.id().compareTo(endpoint.id()) < 0);
    }

    private static boolean isSame(Endpoint held, Endpoint endpoint) {
        return held.id().equals(endpoint.id()); // Mostly the same object, id included, so no characters are compared.
    }

    /** Every member, in canonical order; a list that never changes. */
    public List<M> all() {
        return members;
    }

    /** The same for readers on other threads. */
    public List<EndpointView> views() {
        return List.copyOf(members); // The list itself, since it is immutable.
    }

    /** All leave: they may be in the set still, but nobody asks here any more. */
    public void close() {
        members.forEach(Member::leave);
        members = List.of();
        engine.states().release(key);
    }
}
