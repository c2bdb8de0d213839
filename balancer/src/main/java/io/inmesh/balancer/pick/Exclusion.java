package io.inmesh.balancer.pick;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.state.Member;

/** Which endpoints a request is to keep away from while there are others. */
public enum Exclusion {
    /** None: a first attempt, while nobody is full. */
    NONE(false, false),
    /** Those that the request has tried. */
    TRIED(true, false),
    /** Those without room: on trial, or at their cap ({@link Member#isFull}). */
    FULL(false, true),
    /** Both. */
    TRIED_AND_FULL(true, true);

    private final boolean tried;
    private final boolean full;

    Exclusion(boolean tried, boolean full) {
        this.tried = tried;
        this.full = full;
    }

    /** What a request keeps away from by itself. */
    public static Exclusion of(PickContext context) {
        return context.attempts() == 0 ? NONE : TRIED;
    }

    /** True if that endpoint is one of them. */
    public boolean holds(PickContext context, EndpointView endpoint) {
        return (tried && context.hasTried(endpoint.endpoint())) || (full && isFull(endpoint));
    }

    /** What is left of it where only those that were tried could be had (contract C12). */
    public Exclusion withoutTried() {
        return full ? FULL : NONE;
    }

    /** True if that endpoint has no room now. */
    static boolean isFull(EndpointView endpoint) {
        return endpoint instanceof Member member && member.isFull();
    }
}
