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
    private List<Endpoint> known =
            List.of(); // What each of them was told last: read instead of them, who are far apart.

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
        boolean asGiven = !states.isAnyWeighed(); // Then who was told the same before is left alone.
        Object[] next = new Object[places.length];
        for (int i = 0; i < places.length; i++) {
            int place = places[i];
            next[i] = asGiven && place != NOT_MET && isSameObject(known, place, endpoints, i)
                    ? members.get(place)
                    : updated(endpoints.get(i), place, leavers);
        }
        members = listOf(next);
        known = List.copyOf(endpoints);
        leavers.values().forEach(Member::gone);
        leavers.values().forEach(Member::leave);
        return leavers.values();
    }

    @SuppressWarnings("unchecked") // Nothing else was put in.
    private static <M> List<M> listOf(Object[] members) {
        return (List<M>) List.of(members);
    }

    private M updated(Endpoint endpoint, int place, Map<String, M> leavers) {
        // Who was not met may still be here: a pod whose address is another one now stands elsewhere.
        M member = place == NOT_MET ? leavers.remove(endpoint.id()) : members.get(place);
        if (member == null) {
            return maker.make(target, endpoint, states, engine.clock(), engine.observer());
        }
        member.update(endpoint);
        return member;
    }

    /** Asked of lists of anything: a cast would look into each endpoint, and they are far apart. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSameObject(List<?> held, int at, List<?> endpoints, int index) {
        return at < held.size() && held.get(at) == endpoints.get(index);
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
            boolean met = isSameObject(known, at, endpoints, i);
            if (!met) {
                Endpoint endpoint = endpoints.get(i);
                while (at < known.size() && isPassed(known.get(at), endpoint)) {
                    pass(members.get(at++), passed);
                }
                met = at < known.size() && isSame(known.get(at), endpoint);
            }
            places[i] = met ? at++ : NOT_MET;
        }
        while (at < known.size()) {
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
        return held.id().equals(endpoint.id());
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
        known = List.of();
        engine.states().release(key);
    }
}
