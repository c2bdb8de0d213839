package io.inmesh.resolver.testing;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The watches that are open now, to be counted and to be made to fail.
 *
 * <p>Threads: any. What is done to a watch goes into its queue, behind what it has still to send.
 */
public final class OpenWatches {

    // How long before its end a watch usually gets a last bookmark (rule W-3).
    private static final Duration LAST_BOOKMARK = Duration.ofSeconds(2);

    private final ResourceStore store;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Set<WatchStream> open = ConcurrentHashMap.newKeySet();

    // Both guarded by this: the interval between bookmarks, null for never, and the timer of the next ones.
    private @Nullable Duration bookmarkInterval = Duration.ofMinutes(1);
    private Scheduler.@Nullable Cancellable nextBookmarks;

    OpenWatches(ResourceStore store, Scheduler scheduler, Executor threads) {
        this.store = store;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** How many are open. */
    public int count() {
        return open.size();
    }

    /** How many of these are open. */
    public int count(Predicate<ApiRequest> which) {
        return (int) open.stream().filter(watch -> which.test(watch.request())).count();
    }

    /** What the open ones asked for, in no order. */
    public List<ApiRequest> requests() {
        return open.stream().map(WatchStream::request).toList();
    }

    /** Ends them in the orderly way, as a server does when their time is over (rule W-4). */
    public void end(Predicate<ApiRequest> which) {
        each(which, WatchStream::end);
    }

    /** Breaks their connections in the middle of a line. */
    public void cut(Predicate<ApiRequest> which) {
        each(which, WatchStream::cut);
    }

    /** Leaves them open and never sends them anything again (rule W-13). */
    public void silence(Predicate<ApiRequest> which) {
        each(which, WatchStream::silence);
    }

    /** Sends them an ERROR event and ends them (rules W-5 and W-10). */
    public void fail(Predicate<ApiRequest> which, Fault.Answer answer) {
        each(which, watch -> watch.fail(answer.refusal()));
    }

    /** Sends them a line as it is, whatever it is: an unknown event type, a recorded line, no JSON at all. */
    public void line(Predicate<ApiRequest> which, String text) {
        each(which, watch -> watch.line(text));
    }

    /** Sends a bookmark to each that asked for bookmarks, now. */
    public void sendBookmarks() {
        store.tellVersion();
    }

    /** Sends bookmarks at that interval on the server's scheduler; every minute unless said otherwise (rule W-3). */
    public synchronized void bookmarksEvery(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: longer than zero)");
        }
        bookmarkInterval = interval;
        scheduleBookmarks();
    }

    synchronized void scheduleBookmarks() {
        cancelBookmarks();
        Duration interval = bookmarkInterval;
        if (interval != null) {
            nextBookmarks = scheduler.schedule(this::bookmarksDue, interval);
        }
    }

    private void bookmarksDue() {
        sendBookmarks();
        scheduleBookmarks();
    }

    synchronized void cancelBookmarks() {
        if (nextBookmarks != null) {
            nextBookmarks.cancel();
            nextBookmarks = null;
        }
    }

    /** Opens a watch that the store already tells of changes; it streams on a thread of its own until it ends. */
    void open(WatchStream watch, Exchange exchange, Duration timeout) {
        Scheduler.Cancellable end = scheduler.schedule(watch::end, timeout);
        Scheduler.Cancellable bookmark = timeout.compareTo(LAST_BOOKMARK) > 0
                ? scheduler.schedule(() -> store.tellVersion(watch), timeout.minus(LAST_BOOKMARK))
                : () -> {};
        open.add(watch);
        threads.execute(() -> {
            try {
                watch.stream(exchange);
            } finally {
                open.remove(watch);
                end.cancel();
                bookmark.cancel();
                store.unfollow(watch);
            }
        });
    }

    private void each(Predicate<ApiRequest> which, Consumer<WatchStream> action) {
        open.stream().filter(watch -> which.test(watch.request())).forEach(action);
    }
}
