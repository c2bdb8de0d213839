package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import java.util.random.RandomGenerator;

/**
 * Keeps a repeat away from the endpoints its call has tried, whatever the policy inside: a few more picks, then one look at every
 * endpoint from a random place, then at those that stages hold back while others are there, such as the next tier's; and if all have been tried
 * the exclusion is ignored (contract C12). A first attempt passes at the cost
 * of one comparison.
 */
public final class Gate implements Picker {
    /** Four re-picks find a free endpoint with 94 % where half are closed to the request (Finagle's figure), and bound the work. */
    private static final int REPICKS = 4;

    private final Picker inner;
    private final EndpointView[] endpoints;
    private final EndpointView[] heldBack;
    private final RandomGenerator random;

    /** Guards that picker, which chooses from these endpoints. */
    public Gate(Picker inner, EndpointView[] endpoints, RandomGenerator random) {
        this(inner, endpoints, new EndpointView[0], random);
    }

    /**
     * Guards that picker, which chooses from some of the endpoints.
     *
     * @param heldBack those that it would choose from if the others were not there, the most wanted first
     */
    public Gate(Picker inner, EndpointView[] endpoints, EndpointView[] heldBack, RandomGenerator random) {
        this.inner = inner;
        this.endpoints = endpoints;
        this.heldBack = heldBack;
        this.random = random;
    }

    /** The policy's own picker. */
    public Picker inner() {
        return inner;
    }

    @Override
    public Choice choose(PickContext context) {
        Choice choice = inner.choose(context);
        return context.attempts() == 0 ? choice : elsewhere(context, choice);
    }

    private Choice elsewhere(PickContext context, Choice first) {
        Choice choice = first;
        for (int i = 0; i < REPICKS && isTried(context, choice); i++) {
            choice = inner.choose(context);
        }
        if (!isTried(context, choice)) {
            return choice;
        }
        int offset = Draw.index(random.nextLong(), endpoints.length);
        for (int i = 0; i < endpoints.length; i++) {
            EndpointView endpoint = endpoints[(offset + i) % endpoints.length];
            if (!context.hasTried(endpoint.endpoint())) {
                return endpoint;
            }
        }
        for (EndpointView endpoint : heldBack) {
            if (!context.hasTried(endpoint.endpoint())) {
                return endpoint;
            }
        }
        return choice;
    }

    private static boolean isTried(PickContext context, Choice choice) {
        return choice instanceof EndpointView view && context.hasTried(view.endpoint());
    }
}
