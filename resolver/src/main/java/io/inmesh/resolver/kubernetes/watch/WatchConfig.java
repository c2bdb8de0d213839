package io.inmesh.resolver.kubernetes.watch;

import java.time.Duration;

/**
 * How a watch behaves.
 *
 * @param silenceLimit after how long without a byte a watch is taken for dead and resumed (rule W-13): 75 s by default, since bookmarks
 *     usually come every minute; shorter costs reconnects of quiet watches, longer finds a half-open connection later; at least 1 s
 * @param lists how what exists is asked for
 */
public record WatchConfig(Duration silenceLimit, Lists lists) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** The defaults. */
    public static final WatchConfig DEFAULT = new WatchConfig(Duration.ofSeconds(75), Lists.STREAMED);

    /** How what exists is asked for; each less by streams than the one before it. */
    public enum Lists {
        /** In the stream of the watch itself where the server can do that (rule W-9), else as {@link #WHOLE}. */
        STREAMED,
        /** The first one as {@link #WHOLE}, so that there is no stream before it is complete; later ones as {@link #STREAMED}. */
        WHOLE_FIRST,
        /** With a request of its own (rule W-1). */
        WHOLE
    }

    /** Checks the limit. */
    public WatchConfig {
        if (silenceLimit.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("silence limit: " + silenceLimit
                    + " (expected: at least 1 s, and more than the minute between bookmarks to spare quiet watches)");
        }
    }

    /** The same with lists asked for in that way. */
    public WatchConfig with(Lists other) {
        return new WatchConfig(silenceLimit, other);
    }

    /** The same with lists streamed as in that way, but not where they are not streamed anyway. */
    public WatchConfig withAtMost(Lists other) {
        return new WatchConfig(silenceLimit, lists.compareTo(other) < 0 ? other : lists);
    }
}
