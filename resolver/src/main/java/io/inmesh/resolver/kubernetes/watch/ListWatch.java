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
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object known: asks for all that exists, hears what changes, resumes from the last version seen, and asks for all
 * again only when that version is too old (group W). A failure of its own changes nothing that was said before (rule W-12).
 *
 * <p>Threads: bytes are read on the transport's threads; everything else, and every call to the sink, happens on the lane. {@link
 * #start()}, {@link #close()} and the questions about its {@link #pulse()} may be called from anywhere.
 */
public final class ListWatch<T> {
    private static final Logger log = LoggerFactory.getLogger(ListWatch.class);

    /** What surrounds a watch. */
    public record Place(
            ApiTransport api,
            Lane lane,
            NanoClock clock,
            Scheduler scheduler,
            RandomGenerator random,
            WatchConfig config) {

        /** With the defaults of {@link WatchConfig}. */
        public Place(ApiTransport api, Lane lane, NanoClock clock, Scheduler scheduler, RandomGenerator random) {
            this(api, lane, clock, scheduler, random, WatchConfig.DEFAULT);
        }

        /** The same with another config. */
        public Place with(WatchConfig other) {
            return new Place(api, lane, clock, scheduler, random, other);
        }
    }

    private final WatchedResource<T> resource;
    private final Place place;
    private final WatchSink<T> sink;
    private final Backoff backoff;
    private final Pulse pulse;
    private final ListChoice lists;
    private final FruitlessWatches fruitless;
    private final Hearing hearing = new Hearing();
    private final CancelSlot current = new CancelSlot(); // The round that runs.
    private final CancelSlot retry = new CancelSlot();

    /** Written once by whoever closes, read on the lane: no new round after it. The slots catch what is on its way. */
    private volatile boolean closed;

    // All below are touched on the lane only.
    private final Position position = new Position();
    private final Relists relists = new Relists();
    private final UnreadableObjects unreadables;
    private final Refusals refusals;

    public ListWatch(WatchedResource<T> resource, Place place, WatchSink<T> sink) {
        this.resource = resource;
        this.place = place;
        this.sink = sink;
        this.lists = new ListChoice(place);
        this.fruitless = new FruitlessWatches(place.api(), resource);
        this.backoff = new Backoff(place.random());
        this.pulse = new Pulse(place.clock());
        this.refusals = new Refusals(resource, place.api(), position, lists, relists, backoff);
        this.unreadables = new UnreadableObjects(resource.plural(), log::warn);
    }

    public void start() {
        place.lane().execute(this::askOnLane);
    }

    /** Ends the exchange and all timers. Needs neither lane nor scheduler. */
    public void close() {
        closed = true;
        current.close();
        retry.close();
        pulse.disconnected();
    }

    /** Up to which version everything has been said; null if that is not known. */
    public @Nullable String versionOnLane() {
        return position.version();
    }

    /** How current what was said is. */
    public Pulse pulse() {
        return pulse;
    }

    private void askOnLane() {
        place.lane().assertOnLane();
        if (closed) {
            return;
        }
        RoundKind kind = position.isProofDue(place.clock().nanoTime()) ? RoundKind.PROOF : RoundKind.WATCH;
        if (position.isListDue()) {
            kind = lists.nextOnLane();
            sink.onListAskedOnLane();
        } else if (kind == RoundKind.WATCH) {
            position.watchAsked();
        }
        Round<T> round = new Round<>(kind, place, hearing);
        current.put(round);
        round.beginOnLane(resource, position.version());
    }

    private void againOnLane(Duration delay) {
        relists.overOnLane();
        pulse.disconnected();
        current.clear(); // What the round still has to say is not heard.
        if (delay.isZero()) {
            askOnLane();
        } else {
            retry.put(place.scheduler().schedule(() -> place.lane().execute(this::askOnLane), delay));
        }
    }

    /** Decides what follows from what a round brings. */
    private final class Hearing implements Round.Listener<T> {

        @Override
        public void openedOnLane(Round<T> round) {
            refusals.acceptedOnLane();
            if (round.kind() == RoundKind.WATCH) {
                pulse.connected();
                sink.onTroubleOnLane(fruitless.troubleOnLane());
            }
        }

        @Override
        public void livesOnLane(Round<T> round) {
            if (fruitless.bornFruitOnLane()) {
                sink.onTroubleOnLane(null);
            }
        }

        @Override
        public void listedOnLane(Round<T> round, Listed<T> list) {
            position.listed(list.version(), place.clock().nanoTime());
            lists.listedOnLane();
            relists.listedOnLane(place.clock().nanoTime());
            refusals.acceptedOnLane();
            sink.onTroubleOnLane(fruitless.troubleOnLane());
            unreadables.listedOnLane(list.unread());
            sink.onListOnLane(list.objects(), list.unread());
            if (round.kind() == RoundKind.LIST) {
                askOnLane();
            } else {
                pulse.connected();
            }
        }

        @Override
        public void provedOnLane(Round<T> round, String version) {
            refusals.acceptedOnLane();
            position.shown(version, place.clock().nanoTime());
            askOnLane();
        }

        @Override
        public void eventsOnLane(Round<T> round, List<Event<T>> events) {
            List<Event<T>> changes = new ArrayList<>(events.size());
            for (Event<T> event : events) {
                if (event instanceof Failed<T> failed) {
                    tellOnLane(changes);
                    failedOnLane(round, failed.refusal());
                    return;
                }
                position.heard(place.clock().nanoTime());
                if (position.saw(event.version())) {
                    round.advancedOnLane();
                    livesOnLane(round);
                }
                unreadables.heardOnLane(event);
                if (event.isOfObject()) {
                    changes.add(event);
                }
            }
            tellOnLane(changes);
        }

        private void tellOnLane(List<Event<T>> changes) {
            if (!changes.isEmpty()) {
                sink.onEventsOnLane(changes);
            }
        }

        @Override
        public void endedOnLane(Round<T> round, @Nullable Throwable error) {
            if (position.isListDue() && error != null) {
                unreachableOnLane(round, error);
                return;
            }
            boolean cutShort = position.isListDue();
            lists.endedOnLane(cutShort);
            boolean worked = !cutShort && round.workedOnLane();
            if (!cutShort) {
                overOnLane(round, ApiTroubles.end(error));
            }
            boolean first = !cutShort && round.sawLineOnLane() && fruitless.isFirstOnLane(); // More are a loop.
            if (error == null && (worked || first)) {
                againOnLane(Duration.ZERO); // W-4
                return;
            }
            log.debug("watch of {} broke, resuming from version {}", resource.describe(), position.version(), error);
            Duration health = round.healthOnLane();
            againOnLane(worked ? backoff.afterBreak(health) : backoff.next(health));
        }

        /** A watch that may have come to nothing. */
        private void overOnLane(Round<T> round, String end) {
            if (round.workedOnLane()) {
                livesOnLane(round);
                return;
            }
            fruitless.overOnLane(end);
            if (fruitless.areManyOnLane()) {
                position.listAgain();
                sink.onTroubleOnLane(fruitless.troubleOnLane());
            }
        }

        @Override
        public void unreadableOnLane(Round<T> round, Throwable error) {
            Duration delay = backoff.next(round.healthOnLane());
            if (position.isListDue()) {
                troubleOnLane(ApiTroubles.unreadable(place.api().url(), resource, error), delay);
                return;
            }
            log.warn("watch of {} sent what cannot be read, listing again", resource.describe(), error);
            position.listAgain();
            againOnLane(delay);
        }

        @Override
        public void silentOnLane(Round<T> round) {
            place.api().distrustConnections();
            if (round.isAnsweredOnLane()) { // W-13: half open, perhaps; no trouble yet.
                log.debug("watch of {} was silent for {}, resuming", resource.describe(), round.silenceLimitOnLane());
                backoff.reset(); // It lived for as long as that, so what failed before it is over.
                againOnLane(backoff.next());
            } else {
                unreachableOnLane(round, ApiTroubles.noAnswer(place.api(), round.silenceLimitOnLane()));
            }
        }

        @Override
        public void noListOnLane(Round<T> round) {
            lists.missingOnLane("a streamed list had no end");
            againOnLane(Duration.ZERO);
        }

        @Override
        public void alive() {
            pulse.beat();
        }

        private void unreachableOnLane(Round<T> round, Throwable error) {
            troubleOnLane(ApiTroubles.unreachable(place.api().url(), error), backoff.next(round.healthOnLane()));
        }

        private void troubleOnLane(Trouble trouble, Duration delay) {
            sink.onTroubleOnLane(trouble);
            againOnLane(delay);
        }

        /** An ERROR event: data and version stay good, unless it is the version that failed. */
        private void failedOnLane(Round<T> round, Refusal refusal) {
            if (position.isListDue() || refusal.isTooOld() || refusal.versionTooLarge()) {
                refusedOnLane(round, refusal);
                return;
            }
            log.debug("watch of {} failed with {}, resuming", resource.describe(), refusal);
            overOnLane(round, "failed with " + refusal.status());
            againOnLane(backoff.after(refusal, round.healthOnLane())); // W-10
        }

        @Override
        public void refusedOnLane(Round<T> round, Refusal refusal) {
            Refusals.Next next = refusals.onLane(round, refusal, place.clock().nanoTime());
            if (next.trouble() != null) {
                sink.onTroubleOnLane(next.trouble());
            }
            againOnLane(next.delay());
        }
    }
}
