package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.resolver.kubernetes.source.Trouble;
import org.jspecify.annotations.Nullable;

/**
 * Counts the watches in a row that were answered and came to nothing: over within a second, and no version later than the one they
 * began from. Proxies that do not know of watches end each of them so, in order or with a break, and servers in trouble send an ERROR
 * event. Where there are many, only lists tell what changes, one after each such watch, until one bears fruit again.
 *
 * <p>Threads: the lane.
 */
final class FruitlessWatches {
    private static final int MANY = 5;

    private final ApiTransport api;
    private final WatchedResource<?> resource;
    private int inARow;
    private @Nullable Trouble trouble; // Not null while there are many.

    FruitlessWatches(ApiTransport api, WatchedResource<?> resource) {
        this.api = api;
        this.resource = resource;
    }

    /** One is over. {@code end} says how, for people. */
    void overOnLane(String end) {
        inARow++;
        if (inARow >= MANY) {
            trouble = ApiTroubles.fruitless(api.url(), resource, end);
        }
    }

    /**
     * One lived for a while, or told of something new.
     *
     * @return true if that ends a trouble
     */
    boolean bornFruitOnLane() {
        boolean troubled = trouble != null;
        inARow = 0;
        trouble = null;
        return troubled;
    }

    /** True behind the first of a row. */
    boolean isFirstOnLane() {
        return inARow == 1;
    }

    /** True if watches do not tell what changes. */
    boolean areManyOnLane() {
        return trouble != null;
    }

    /** Why what is known may be old though it can be asked for; null if watches tell what changes. */
    @Nullable
    Trouble troubleOnLane() {
        return trouble;
    }
}
