package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Rejection;
import io.inmesh.balancer.state.Member;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a repeat away from the endpoints its call has tried (contract C12), and every request away from those that are full: on trial, or at their
 * in-flight cap ({@link Member#isFull}). Whatever the policy inside: a few more picks, then one look at every endpoint from a random place for one
 * that is untried and has room, then at those that stages hold back while others are there, such as the next tier's. If all with room have been
 * tried the exclusion is ignored; if none has room the request is limited.
 *
 * <p>A first attempt passes at the cost of one comparison where nobody can be full, and of one look at the chosen endpoint otherwise.
 */
public final class Gate implements Picker {
    /** Four re-picks find a free endpoint with 94 % where half are closed to the request (Finagle's figure), and bound the work. */
    private static final int REPICKS = 4;

    private final Picker inner;
    private final EndpointView[] endpoints;
    private final EndpointView[] heldBack;
    private final RandomGenerator random;
    private final @Nullable Rejection full;
    private final Exclusion closed;

    /** Guards that picker, which chooses from these endpoints, none of which can be full. */
    public Gate(Picker inner, EndpointView[] endpoints, RandomGenerator random) {
        this(inner, endpoints, new EndpointView[0], random, null);
    }

    /**
     * Guards that picker, which chooses from some of the endpoints.
     *
     * @param heldBack those that it would choose from if the others were not there, the most wanted first
     * @param full what a request is told if no endpoint has room for it; null if none can be full
     */
    public Gate(
            Picker inner,
            EndpointView[] endpoints,
            EndpointView[] heldBack,
            RandomGenerator random,
            @Nullable Rejection full) {
        this.inner = inner;
        this.endpoints = endpoints;
        this.heldBack = heldBack;
        this.random = random;
        this.full = full;
        this.closed = full == null ? Exclusion.TRIED : Exclusion.TRIED_AND_FULL;
    }

    /** The policy's own picker. */
    public Picker inner() {
        return inner;
    }

    @Override
    public Choice choose(PickContext context) {
        Choice choice = inner.choose(context);
        if (context.attempts() == 0 && (full == null || !isFull(choice))) {
            return choice;
        }
        return isClosed(context, choice) ? elsewhere(context) : choice;
    }

    private Choice elsewhere(PickContext context) {
        Choice choice = Excluding.choose(inner, context, closed); // A key leads to its next owner.
        for (int i = 1; i < REPICKS && isClosed(context, choice); i++) {
            choice = Excluding.choose(inner, context, closed);
        }
        if (!isClosed(context, choice)) {
            return choice;
        }
        EndpointView open = open(context);
        if (open != null) {
            return open;
        }
        if (!isFull(choice)) {
            return choice;
        }
        EndpointView tried = open(PickContext.NONE);
        return tried == null && full != null ? full : Objects.requireNonNullElse(tried, choice);
    }

    /** One that has room and was not tried; null if there is none. */
    private @Nullable EndpointView open(PickContext context) {
        int offset = Draw.index(random.nextLong(), endpoints.length);
        for (int i = 0; i < endpoints.length; i++) {
            EndpointView endpoint = endpoints[(offset + i) % endpoints.length];
            if (!isClosed(context, endpoint)) {
                return endpoint;
            }
        }
        for (EndpointView endpoint : heldBack) {
            if (!isClosed(context, endpoint)) {
                return endpoint;
            }
        }
        return null;
    }

    private boolean isClosed(PickContext context, Choice choice) {
        return choice instanceof EndpointView endpoint && closed.holds(context, endpoint);
    }

    private boolean isFull(Choice choice) {
        return full != null && choice instanceof EndpointView endpoint && Exclusion.isFull(endpoint);
    }
}
