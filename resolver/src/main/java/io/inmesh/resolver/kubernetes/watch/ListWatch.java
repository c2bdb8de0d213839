package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.Round.Kind;
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
 * Keeps one kind of object known: asks for all that exists, hears what changes, resumes from the last version seen, and asks for
 * everything again only when that version has become too old (group W). A failure of its own changes nothing that was said before (rule
 * W-12).
 *
 * <p>Threads: bytes are read on the transport's threads; everything else, and every call to the sink, happens on the lane. {@link
 * #start()}, {@link #close()} and the questions about its {@link #pulse()} may be called from anywhere.
 */
public final class ListWatch<T> {
    private static final Logger log = LoggerFactory.getLogger(ListWatch.class);
    private static final int MIN_SECONDS = 300; // W-4: the range that Go clients draw from.
    private static final int SECONDS_RANGE = 300;

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
    private final Hearing hearing = new Hearing();
    private final CancelSlot current = new CancelSlot(); // The round that runs.
    private final CancelSlot retry = new CancelSlot();

    /** Written once by whoever closes, read on the lane: no new round after it. The slots catch what is on its way. */
    private volatile boolean closed;

    // All below are touched on the lane only.
    private final Position position = new Position();
    private final UnreadableObjects unreadables;
    private boolean fromList; // The watch begins where a list ended, it is not resumed.
    private boolean tokenTried; // Refused credentials were read again, and none was accepted since.

    public ListWatch(WatchedResource<T> resource, Place place, WatchSink<T> sink) {
        this.resource = resource;
        this.place = place;
        this.sink = sink;
        this.lists = new ListChoice(place);
        this.backoff = new Backoff(place.random());
        this.pulse = new Pulse(place.clock());
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
        if (position.isListDue()) {
            sink.onListAskedOnLane();
        }
        Round<T> round = new Round<>(position.isListDue() ? lists.nextOnLane() : Kind.WATCH, place, hearing);
        current.put(round);
        round.beginOnLane(
                resource, position.version(), MIN_SECONDS + place.random().nextInt(SECONDS_RANGE + 1));
    }

    private void againOnLane(Duration delay) {
        fromList = false;
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
            tokenTried = false;
            if (round.kind() == Kind.WATCH) {
                pulse.connected();
                sink.onTroubleOnLane(null);
            }
        }

        @Override
        public void listedOnLane(Round<T> round, Listed<T> list) {
            position.listed(list.version());
            lists.listedOnLane();
            tokenTried = false;
            sink.onTroubleOnLane(null);
            unreadables.listedOnLane(list.unread());
            sink.onListOnLane(list.objects(), list.unread());
            if (round.kind() == Kind.LIST) {
                fromList = true;
                askOnLane();
            } else {
                pulse.connected();
            }
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
                position.saw(event.version());
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
            if (error == null) {
                position.watched(worked);
            }
            if (worked && error == null) {
                againOnLane(Duration.ZERO); // W-4
                return;
            }
            log.debug("watch of {} broke, resuming from version {}", resource.describe(), position.version(), error);
            Duration health = round.healthOnLane();
            againOnLane(worked ? backoff.afterBreak(health) : backoff.next(health));
        }

        @Override
        public void unreadableOnLane(Round<T> round, Throwable error) {
            Duration delay = backoff.next(round.healthOnLane());
            if (position.isListDue()) {
                troubleOnLane(ApiTroubles.unreadable(place.api().url(), resource, error), delay);
                return;
            }
            log.warn("watch of {} sent a line that cannot be read, listing again", resource.describe(), error);
            position.listAgain();
            againOnLane(delay);
        }

        @Override
        public void silentOnLane(Round<T> round) {
            if (round.isAnsweredOnLane()) { // W-13: half open, perhaps; no trouble yet.
                log.debug("watch of {} was silent for {}, resuming", resource.describe(), round.silenceLimitOnLane());
                backoff.reset(); // It lived for as long as that, so what failed before it is over.
                againOnLane(backoff.next());
            } else {
                Throwable late = new TimeoutException(
                        "no answer within " + round.silenceLimitOnLane().toSeconds() + " s");
                unreachableOnLane(
                        round,
                        place.api()
                                .heldUpBy()
                                .<Throwable>map(NoCredentialsException::new)
                                .orElse(late));
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
            againOnLane(backoff.after(refusal, round.healthOnLane())); // W-10
        }

        @Override
        public void refusedOnLane(Round<T> round, Refusal refusal) {
            if (refusal.isUnauthorized() && !tokenTried) {
                tokenTried = true; // W-10: the transport reads the token again.
                againOnLane(Duration.ZERO);
            } else if (round.kind() == Kind.STREAMED_LIST && position.isListDue() && refusal.isMalformed()) {
                lists.missingOnLane(refusal.message());
                againOnLane(Duration.ZERO);
            } else if (refusal.isTooOld() && !position.isListDue()) {
                tooOldOnLane(round);
            } else if (position.version() != null
                    && (refusal.isTooOld() || refusal.versionTooLarge() || refusal.isMalformed())) {
                anewOnLane(round, refusal);
            } else {
                String verb = round.kind() == Kind.LIST ? "list" : "watch";
                Trouble trouble = ApiTroubles.refused(place.api().url(), resource, verb, refusal);
                Duration health = round.healthOnLane();
                boolean perhapsBrief = position.version() != null || backoff.isAfterFailures();
                troubleOnLane(
                        trouble, perhapsBrief ? backoff.afterServed(refusal, health) : backoff.after(refusal, health));
            }
        }

        /** W-5: list again; what is known stays in use until the list is whole. At once, unless a list was just made in vain. */
        private void tooOldOnLane(Round<T> round) {
            boolean inVain = (fromList || round.isListedOnLane()) && !round.workedOnLane();
            position.listAgain();
            log.debug("watch of {} is too far behind, listing again", resource.describe());
            againOnLane(inVain ? backoff.next(round.healthOnLane()) : Duration.ZERO);
        }

        /** W-6: the version was refused, so take whatever is the most recent one. */
        private void anewOnLane(Round<T> round, Refusal refusal) {
            position.listAnew();
            againOnLane(backoff.after(refusal, round.healthOnLane()));
        }
    }
}
