package io.inmesh.resolver.kubernetes.watch;

/**
 * Chooses how one watch asks for what exists: in its stream where that is wanted and the server can do it (rule W-9), else by a request of
 * its own (rule W-1).
 *
 * <p>Threads: the lane.
 */
final class ListChoice {
    private final ListWatch.Place place;
    private boolean listed;
    private boolean cutShort; // The last streamed list ended in order but without its end mark.

    ListChoice(ListWatch.Place place) {
        this.place = place;
    }

    RoundKind nextOnLane() {
        boolean wanted =
                switch (place.config().lists()) {
                    case STREAMED -> true;
                    case WHOLE_FIRST -> listed;
                    case WHOLE -> false;
                };
        boolean streamed = wanted
                && !cutShort
                && place.api().streamingLists().areExpected(place.clock().nanoTime());
        return streamed ? RoundKind.STREAMED_LIST : RoundKind.LIST;
    }

    /** A list was whole. */
    void listedOnLane() {
        listed = true;
        cutShort = false;
    }

    /** A stream ended in order: before its list was whole, or not. */
    void endedOnLane(boolean beforeEndMark) {
        cutShort = beforeEndMark;
    }

    /** The server showed that it does not stream lists. */
    void missingOnLane(String evidence) {
        place.api().streamingLists().areMissing(place.clock().nanoTime(), evidence);
    }
}
