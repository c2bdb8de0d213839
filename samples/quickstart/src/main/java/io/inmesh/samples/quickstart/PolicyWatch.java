package io.inmesh.samples.quickstart;

import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Knows which policy each door balances by at the moment. */
final class PolicyWatch implements BalancerObserver {
    private final ConcurrentMap<Door, String> policies = new ConcurrentHashMap<>();

    @Override
    public void pickerPublished(Target target, String policy, int candidates) {
        policies.put(Door.of(target), policy);
    }

    String policyOf(Door door) {
        return policies.getOrDefault(door, "none yet");
    }
}
