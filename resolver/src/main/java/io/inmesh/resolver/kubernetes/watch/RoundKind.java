package io.inmesh.resolver.kubernetes.watch;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What one exchange asks for. */
enum RoundKind {
    /** All that exists, in one answer (rule W-1). */
    LIST,
    /** All that exists and what comes, in one stream (rule W-9). */
    STREAMED_LIST,
    /** What comes after a version (rule W-2). */
    WATCH,
    /** Whether the server has come as far as a version: as little as it can answer with (rule W-6). */
    PROOF;

    private static final int MIN_SECONDS = 300; // W-4: the range that Go clients draw from.
    private static final int SECONDS_RANGE = 300;

    /** What to ask for it with, not older than a version that was seen. */
    String path(WatchedResource<?> resource, @Nullable String version, RandomGenerator random) {
        return switch (this) {
            case LIST -> resource.listPath(version);
            case STREAMED_LIST -> resource.streamedListPath(version, seconds(random));
            case WATCH -> resource.watchPath(version, seconds(random));
            case PROOF -> resource.proofPath(version);
        };
    }

    private static int seconds(RandomGenerator random) {
        return MIN_SECONDS + random.nextInt(SECONDS_RANGE + 1);
    }
}
