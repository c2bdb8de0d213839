package io.inmesh.resolver.kubernetes.feed;

/** What keeps one source known; from any thread. */
interface Keeping {

    /** Ends it, once. */
    void end();

    /** The application cannot connect to what was found: whatever asks from time to time may ask soon. */
    default void refresh() {}
}
