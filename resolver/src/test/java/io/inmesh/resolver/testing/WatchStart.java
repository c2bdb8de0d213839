package io.inmesh.resolver.testing;

import org.jspecify.annotations.Nullable;

/** Where a watch begins: rules W-2, W-7, W-8 and W-9. */
sealed interface WatchStart {

    /** Makes the store tell the watch, past first. */
    void begin(ResourceStore store, ResourceType type, WatchStream watch);

    /** True if the end of the replay is marked. */
    default boolean marked() {
        return false;
    }

    /** With the changes after that version. */
    record After(long version) implements WatchStart {
        @Override
        public void begin(ResourceStore store, ResourceType type, WatchStream watch) {
            store.follow(version, watch);
        }
    }

    /** With the changes from now on. */
    record Now() implements WatchStart {
        @Override
        public void begin(ResourceStore store, ResourceType type, WatchStream watch) {
            store.followFromNow(watch);
        }
    }

    /** With everything there is, as added. */
    record Replay(long notOlderThan, boolean marked) implements WatchStart {
        @Override
        public void begin(ResourceStore store, ResourceType type, WatchStream watch) {
            store.followFromStart(type, notOlderThan, watch);
        }
    }

    /** Reads it from a request; throws the refusal that the API would answer. */
    static WatchStart of(ApiRequest request, StreamingLists streamingLists) {
        String initialEvents = request.parameter("sendInitialEvents");
        String match = request.parameter("resourceVersionMatch");
        long version = version(request.parameter("resourceVersion"));
        if (initialEvents == null || streamingLists == StreamingLists.IGNORED) {
            if (match != null && streamingLists != StreamingLists.IGNORED) {
                throw ApiRefusal.invalidListOptions(
                        "resourceVersionMatch",
                        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }
            // As recorded: servers that stream lists mark the end of any replay, for whoever asked for bookmarks.
            return version == 0 ? new Replay(0, streamingLists == StreamingLists.SUPPORTED) : new After(version);
        }
        if (streamingLists == StreamingLists.REFUSED) {
            throw ApiRefusal.invalidListOptions(
                    "sendInitialEvents",
                    "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        }
        if (!"NotOlderThan".equals(match)) {
            throw ApiRefusal.invalidListOptions(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        if (request.isTrue("sendInitialEvents")) {
            return new Replay(version, true);
        }
        return version == 0 ? new Now() : new After(version);
    }

    private static long version(@Nullable String text) {
        return text == null || text.isEmpty() ? 0 : Versions.number("resourceVersion", text);
    }
}
