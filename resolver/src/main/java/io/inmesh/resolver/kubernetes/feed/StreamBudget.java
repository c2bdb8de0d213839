package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.resolver.kubernetes.source.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many streams all watches of one namespace may hold together: twice the limit of single watches, whatever is watched (rule W-14). Each
 * kind in use may hold an equal share of them, and no more than its limit; so with Services and slices alone each has the whole limit, and
 * where pods come in as well all three become wide a little earlier. A kind that comes in while the others hold everything waits until
 * they have become wide. Above its share is only a kind that may not be wide (rule R-4); the others do not wait for that one.
 *
 * <p>Threads: the lane.
 */
final class StreamBudget {
    private final int limit;
    private final int most;
    private final List<Holder> holders = new ArrayList<>(); // Complete before the first of them is used.
    private int lastHeld;
    private long lastInUse;

    /** One kind of watches. */
    interface Holder {

        /** The streams it holds, those included that a watch on its way will have. */
        int streamsOnLane();

        /** Anything is watched or waits for being watched. */
        boolean isInUseOnLane();

        /** It must not hold one stream for all, so its streams cannot become fewer. */
        boolean isForbiddenOnLane();

        /** Why what would make its streams fewer cannot be had at present, or null. */
        @Nullable
        Trouble hindranceOnLane();

        /** There may be more or less room for it than before. */
        void planSoonOnLane();
    }

    /**
     * For the watches of one namespace.
     *
     * @param limit how many streams one kind of watches may hold at most
     */
    StreamBudget(int limit) {
        this.limit = limit;
        this.most = 2 * limit;
    }

    /** From now on that one holds streams, too. Called before any is used. */
    void add(Holder holder) {
        holders.add(holder);
    }

    /** How many that one may hold now. */
    int limitOnLane(Holder asking) {
        int others = holders.stream()
                .filter(each -> each != asking)
                .mapToInt(each ->
                        each.isForbiddenOnLane() ? Math.min(each.streamsOnLane(), shareOnLane()) : each.streamsOnLane())
                .sum();
        return Math.max(0, Math.min(shareOnLane(), Math.max(most, (int) inUseOnLane()) - others));
    }

    private int shareOnLane() {
        return Math.max(1, Math.min(limit, most / Math.max(1, (int) inUseOnLane())));
    }

    /** True if one stream more than there are is not too many. */
    boolean hasRoomOnLane() {
        return heldOnLane() < most;
    }

    /** Why there is no room, as far as anybody knows; what is forbidden to one is no concern of the others. */
    @Nullable
    Trouble hindranceOnLane(Holder asking) {
        return holders.stream()
                .filter(each -> each != asking)
                .map(Holder::hindranceOnLane)
                .filter(Objects::nonNull)
                .filter(trouble -> !trouble.isForbidden())
                .findFirst()
                .orElse(null);
    }

    /** Something was begun or ended. Where that leaves more room, or divides it otherwise, all plan again. */
    void settleOnLane() {
        int held = heldOnLane();
        long inUse = inUseOnLane();
        boolean again = held < lastHeld || inUse != lastInUse;
        lastHeld = held;
        lastInUse = inUse;
        if (again) {
            holders.forEach(Holder::planSoonOnLane);
        }
    }

    /** Who waits for room should hear why there is none. */
    void hinderedOnLane() {
        holders.forEach(Holder::planSoonOnLane);
    }

    private int heldOnLane() {
        return holders.stream().mapToInt(Holder::streamsOnLane).sum();
    }

    private long inUseOnLane() {
        return holders.stream().filter(Holder::isInUseOnLane).count();
    }
}
