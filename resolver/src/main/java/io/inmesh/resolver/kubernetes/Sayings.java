package io.inmesh.resolver.kubernetes;

import java.util.HashMap;
import java.util.Map;

/**
 * What several resolvers of one service have to tell people, so that it is told once and not by each of them. What was mended, for all
 * of them, is told again when it is broken again.
 *
 * <p>Threads: any.
 */
final class Sayings {
    private final Map<Saying, Integer> sayers =
            new HashMap<>(); // Guarded by this: how many of them hold it at present.

    /**
     * Something that holds at present.
     *
     * @param about the service
     * @param text what holds
     */
    record Saying(String about, String text) {}

    /** It holds for one more of them. True if it did for none before, so that it has to be told. */
    synchronized boolean enter(Saying saying) {
        return sayers.merge(saying, 1, Integer::sum) == 1;
    }

    /** It no longer holds for one of them. */
    synchronized void leave(Saying saying) {
        sayers.computeIfPresent(saying, (same, count) -> count == 1 ? null : count - 1);
    }

    /** How many hold at present. */
    synchronized int size() {
        return sayers.size();
    }
}
