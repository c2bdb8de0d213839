package io.inmesh.balancer.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down every event, one line each. */
public final class HeardEvents implements BalancerObserver {
    private final List<String> events = new CopyOnWriteArrayList<>();

    /** What was heard so far, the oldest first; the next call gives only what is heard from now on. */
    public List<String> take() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    @Override
    public void setChanged(Target target, EndpointSet set) {
        events.add("set " + set.endpoints().size());
    }

    @Override
    public void unresolved(Target target, Unresolved unresolved) {
        events.add("unresolved " + unresolved.reason());
    }

    @Override
    public void pickerPublished(Target target, String policy, int candidates) {
        events.add("picker " + policy + " " + candidates);
    }

    @Override
    public void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
        events.add("ejected " + endpoint.address() + " " + why + " " + howLong);
    }

    @Override
    public void restored(Target target, Endpoint endpoint) {
        events.add("restored " + endpoint.address());
    }

    @Override
    public void connectedOutside(Target target, Endpoint endpoint) {
        events.add("connected outside " + endpoint.address());
    }

    @Override
    public void fellBack(Target target, String why) {
        events.add("fell back: " + why);
    }

    @Override
    public void rejected(Target target, Rejection rejection) {
        events.add("rejected " + rejection.reason());
    }

    @Override
    public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        events.add("completed " + endpoint.address() + " " + outcome + " " + latencyNanos);
    }

    @Override
    public void repeated(Target target, Endpoint failed, Outcome outcome) {
        events.add("repeated " + failed.address() + " " + outcome);
    }

    @Override
    public void hedged(Target target, Endpoint endpoint) {
        events.add("hedged " + endpoint.address());
    }

    @Override
    public void withheld(Target target, Withheld why) {
        events.add("withheld " + why);
    }

    @Override
    public void called(Target target, int attempts, Outcome outcome) {
        events.add("called " + attempts + " " + outcome);
    }
}
