package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Failed;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object known: lists it, watches from the list's version, resumes from the last version seen, and lists again only
 * when that version has become too old (group W). A failure of its own changes nothing that was said before (rule W-12).
 *
 * <p>Threads: bytes are read on the transport's threads; everything else, and every call to the sink, happens on the lane. {@link
 * #close()} may be called from anywhere and needs neither lane nor scheduler.
 */
public final class ListWatch<T> {
    private static final Logger log = LoggerFactory.getLogger(ListWatch.class);

    private static final int MIN_WATCH_SECONDS = 300; // W-4: the range that Go clients draw from.
    private static final int WATCH_SECONDS_RANGE = 300;
    private static final int TOO_OLD = 410;
    private static final int VERSION_NOT_REACHED = 504;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(75); // W-13
    private static final Duration HEALTHY = Duration.ofMinutes(2); // W-11
    private static final Duration TOO_SHORT = Duration.ofSeconds(1); // W-11

    /** What surrounds a watch. */
    public record Place(ApiTransport api, Lane lane, NanoClock clock, Scheduler scheduler, RandomGenerator random) {}

    private final WatchedResource<T> resource;
    private final Place place;
    private final WatchSink<T> sink;
    private final Backoff backoff;

    private final CancelSlot exchange = new CancelSlot();
    private final CancelSlot retry = new CancelSlot();
    private final SilenceTimer silence;

    /** Written once by whoever closes, read on the lane: no new exchange after it. The slots catch what is on its way. */
    private volatile boolean closed;

    // All below are touched on the lane only.
    private @Nullable String version; // The last one seen; null before the first list.
    private boolean mustList = true;
    private boolean fromList; // The watch began where a list ended, it was not resumed.
    private long round; // Counts exchanges; what an earlier one still has to say is not heard.
    private boolean answered;
    private boolean sawEvent;
    private long beganNanos;

    public ListWatch(WatchedResource<T> resource, Place place, WatchSink<T> sink) {
        this.resource = resource;
        this.place = place;
        this.sink = sink;
        this.backoff = new Backoff(place.random());
        this.silence = new SilenceTimer(place, this::silentOnLane);
    }

    public void start() {
        place.lane().execute(this::askOnLane);
    }

    /** Ends the exchange and all timers. */
    public void close() {
        closed = true;
        exchange.close();
        retry.close();
        silence.close();
    }

    private void askOnLane() {
        place.lane().assertOnLane();
        if (closed) {
            return;
        }
        long mine = ++round;
        answered = false;
        sawEvent = false;
        beganNanos = place.clock().nanoTime();
        silence.beginOnLane(ANSWER_LIMIT);
        exchange.put(mustList ? list(mine) : watch(mine));
    }

    private Scheduler.Cancellable list(long mine) {
        return place.api()
                .get(resource.listPath(version), new ListReceiver<>(resource.read(), new ListReceiver.Result<T>() {
                    @Override
                    public void listed(Listed<T> list) {
                        onLane(mine, () -> listedOnLane(list));
                    }

                    @Override
                    public void unreadable(Throwable error) {
                        onLane(
                                mine,
                                () -> troubleOnLane(
                                        ApiTroubles.unreadable(place.api().url(), resource, error), backoff.next()));
                    }

                    @Override
                    public void refused(Refusal refusal) {
                        onLane(mine, () -> listRefusedOnLane(refusal));
                    }
                }));
    }

    private Scheduler.Cancellable watch(long mine) {
        int seconds = MIN_WATCH_SECONDS + place.random().nextInt(WATCH_SECONDS_RANGE + 1);
        String path = resource.watchPath(version, seconds);
        return place.api().get(path, new WatchReceiver<>(resource.read(), new WatchReceiver.Result<T>() {
            @Override
            public void opened() {
                onLane(mine, ListWatch.this::openedOnLane);
            }

            @Override
            public void events(List<Event<T>> events) {
                onLane(mine, () -> eventsOnLane(events));
            }

            @Override
            public void ended(@Nullable Throwable error) {
                onLane(mine, () -> endedOnLane(error));
            }

            @Override
            public void unreadable(Throwable error) {
                onLane(mine, () -> unreadableOnLane(error));
            }

            @Override
            public void refused(Refusal refusal) {
                onLane(mine, () -> watchRefusedOnLane(refusal));
            }
        }));
    }

    private void onLane(long of, Runnable task) {
        place.lane().execute(() -> {
            if (of == round && !closed) {
                silence.signOnLane();
                task.run();
            }
        });
    }

    private void listedOnLane(Listed<T> list) {
        version = list.version();
        mustList = false;
        fromList = true;
        sink.onTroubleOnLane(null);
        sink.onListOnLane(list.objects());
        askOnLane();
    }

    private void listRefusedOnLane(Refusal refusal) {
        if (version != null && (refusal.status() == TOO_OLD || refusal.status() == VERSION_NOT_REACHED)) {
            version = null; // W-6: refused at that version, so take the most recent one.
            againOnLane(backoff.next());
            return;
        }
        refusedOnLane("list", refusal);
    }

    private void watchRefusedOnLane(Refusal refusal) {
        if (refusal.status() == TOO_OLD) {
            tooOldOnLane();
            return;
        }
        if (refusal.status() == 400 || refusal.status() == 422) {
            // Asking again cannot mend it, and it may lie in the version: begin anew, as if none was ever seen.
            mustList = true;
            version = null;
        } // Else resume, data and version are good.
        refusedOnLane("watch", refusal);
    }

    private void refusedOnLane(String verb, Refusal refusal) {
        Trouble trouble = refusal.status() == Refusal.NO_ANSWER
                ? ApiTroubles.unreachable(place.api().url(), refusal.error())
                : ApiTroubles.refused(place.api().url(), resource, verb, refusal.status(), refusal.message());
        troubleOnLane(trouble, backoff.after(refusal));
    }

    private void openedOnLane() {
        answered = true;
        silence.beginOnLane(SILENCE_LIMIT);
        sink.onTroubleOnLane(null);
    }

    private void eventsOnLane(List<Event<T>> events) {
        List<Event<T>> changes = new ArrayList<>();
        Failed<T> failed = null;
        for (Event<T> event : events) {
            if (event instanceof Failed<T> end) {
                failed = end;
                break;
            }
            sawEvent = true;
            if (event instanceof WatchEvents.Put<T> put) {
                remember(put.version());
                changes.add(put);
            } else if (event instanceof WatchEvents.Removed<T> removed) {
                remember(removed.version());
                changes.add(removed);
            } else if (event instanceof WatchEvents.Bookmark<T> bookmark) {
                remember(bookmark.version());
            }
        }
        if (!changes.isEmpty()) {
            sink.onEventsOnLane(changes);
        }
        if (failed != null && failed.code() == TOO_OLD) {
            tooOldOnLane();
        } else if (failed != null) { // W-10: resume, data and version are good.
            log.debug(
                    "watch of {} failed with {} ({}), resuming", resource.describe(), failed.code(), failed.message());
            againOnLane(backoff.next());
        }
    }

    private void remember(String seen) { // W-2
        if (!seen.isEmpty()) {
            version = seen;
        }
    }

    /** W-5: list again; what is known stays in use until the list is whole. At once, unless a list was just made in vain. */
    private void tooOldOnLane() {
        boolean inVain = fromList && !sawEvent && lived().compareTo(TOO_SHORT) < 0;
        mustList = true;
        log.debug("watch of {} is too far behind, listing again", resource.describe());
        againOnLane(inVain ? backoff.next() : Duration.ZERO);
    }

    private void endedOnLane(@Nullable Throwable error) {
        if (lived().compareTo(HEALTHY) >= 0) {
            backoff.reset();
        }
        boolean normal = error == null && (sawEvent || lived().compareTo(TOO_SHORT) >= 0); // W-4, W-11
        if (!normal) {
            log.debug("watch of {} broke, resuming from version {}", resource.describe(), version, error);
        }
        againOnLane(normal ? Duration.ZERO : backoff.next());
    }

    private void unreadableOnLane(Throwable error) {
        log.warn("watch of {} sent a line that cannot be read, listing again", resource.describe(), error);
        mustList = true;
        againOnLane(backoff.next());
    }

    private Duration lived() {
        return Duration.ofNanos(place.clock().nanoTime() - beganNanos);
    }

    private void troubleOnLane(Trouble trouble, Duration delay) {
        sink.onTroubleOnLane(trouble);
        againOnLane(delay);
    }

    private void againOnLane(Duration delay) {
        round++; // What the exchange still has to say is not heard.
        fromList = false;
        exchange.clear();
        silence.endOnLane();
        if (delay.isZero()) {
            askOnLane();
        } else {
            retry.put(place.scheduler().schedule(() -> place.lane().execute(this::askOnLane), delay));
        }
    }

    private void silentOnLane() {
        if (answered) { // W-13: half open, perhaps. Silence alone empties nothing and is no trouble yet.
            log.debug("watch of {} was silent for {}, resuming", resource.describe(), silence.limit());
            backoff.reset(); // It lived for as long as that, so what failed before it is over.
            againOnLane(backoff.next());
        } else {
            Throwable late =
                    new TimeoutException("no answer within " + silence.limit().toSeconds() + " s");
            troubleOnLane(ApiTroubles.unreachable(place.api().url(), late), backoff.next());
        }
    }
}
