package io.inmesh.api;

import java.util.List;

/**
 * Watches the endpoints of one target. Made by a {@link ResolverProvider}; started once, closed once.
 *
 * <p>A set and a failure are different messages: an error never empties a set, an empty set is a fact.
 */
public interface Resolver extends AutoCloseable {

    /**
     * Begins to watch. The listener hears of the first answer, whatever it is, and of every change after it.
     *
     * <p>Threads: called once; returns at once.
     */
    void start(Listener listener);

    /**
     * Connections to endpoints fail: a resolver that asks from time to time may ask again soon. One that is told of changes has nothing to
     * do, and neither has the default.
     *
     * <p>Threads: any; returns at once.
     */
    default void refresh() {}

    /**
     * How fresh what it tells is, one entry for each thing that it watches; empty if it watches nothing.
     *
     * <p>Threads: any, at any time.
     */
    default List<WatchAge> ages() {
        return List.of();
    }

    /** Ends the watch; the listener hears nothing more once this has returned and running calls have ended. */
    @Override
    void close();

    /** Hears what a resolver finds. Called from any thread, one call after the other; must not block. */
    interface Listener {

        /** The endpoints changed; the set replaces whatever was known. */
        void onUpdate(EndpointSet set);

        /** There is no set to give. Whether a known one is replaced, {@link Reason#replacesKnownSet()} says. */
        void onUnresolved(Unresolved unresolved);
    }
}
