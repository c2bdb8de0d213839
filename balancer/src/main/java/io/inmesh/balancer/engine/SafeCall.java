package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;
import io.inmesh.api.observe.CallObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Passes the events of one call on to those who want them, none of which can break it. */
final class SafeCall implements CallObserver {
    private final List<Told> told;

    /** One who hears of the call, and who takes what it throws. */
    record Told(CallObserver call, Consumer<Throwable> failures) {}

    SafeCall(List<Told> told) {
        this.told = told;
    }

    @Override
    public AttemptObserver attempt(Endpoint endpoint) {
        List<AttemptObserver> attempts = new ArrayList<>(told.size());
        for (Told each : told) {
            try {
                AttemptObserver attempt = each.call.attempt(endpoint);
                attempts.add(outcome -> safely(each, () -> attempt.ended(outcome)));
            } catch (Throwable e) {
                each.failures.accept(e);
            }
        }
        return outcome -> attempts.forEach(attempt -> attempt.ended(outcome));
    }

    @Override
    public void ended(int attempts, Outcome outcome) {
        told.forEach(each -> safely(each, () -> each.call.ended(attempts, outcome)));
    }

    private static void safely(Told each, Runnable event) {
        try {
            event.run();
        } catch (Throwable e) {
            each.failures.accept(e);
        }
    }
}
