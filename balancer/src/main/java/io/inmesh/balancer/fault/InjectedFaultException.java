package io.inmesh.balancer.fault;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Outcome;

/** An attempt failed because {@link Faults} said so. */
public final class InjectedFaultException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    /** An attempt on that endpoint that was made to end so. */
    public InjectedFaultException(Endpoint endpoint, Outcome outcome) {
        super("a fault was injected at " + endpoint.address() + ": " + outcome);
        this.outcome = outcome;
    }

    /** What the attempt counts as. */
    public Outcome outcome() {
        return outcome;
    }
}
