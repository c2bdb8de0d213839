package io.inmesh.api;

/**
 * Chooses an endpoint for each request. Immutable over one revision of endpoints, weights and health: when those change, another
 * picker is published in its place.
 *
 * <p>Threads: any number at once, without lock, wait, log or allocation.
 */
@FunctionalInterface
public interface Picker {

    /** Chooses, without side effect on any endpoint: a choice that is never begun counts nothing. Never null. */
    Choice choose(PickContext context);
}
