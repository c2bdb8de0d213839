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

    /**
     * An endpoint told of its load along with a response ({@link Lease#report}). Only the picker in use hears it, only of endpoints it
     * chooses from, and only if its policy says so ({@link PickerFactory#readsReports()}). On the threads of requests, many at once; must not wait or fail. Does nothing unless overridden.
     */
    default void reported(EndpointView endpoint, LoadReport report) {}
}
