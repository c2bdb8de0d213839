package io.inmesh.resolver.kubernetes.watch;

import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Listed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of a {@link ListWatch} with its timers, from the request until the next one takes its place. Brings what the transport's
 * threads hear to the lane: in order, events that come faster than the lane takes them in one go, and nothing once it is over.
 *
 * <p>Threads: {@code OnLane} methods on the lane; {@link #cancel()} anywhere; what it hears of the answer on the transport's.
 */
final class Round<T> implements Answer<T>, Cancellable {
    /**
     * How long an answer may take to begin, and a list to bring its next byte. What is asked for is of one service or one namespace, which the
     * server has at hand, so a connection that is dead without a word is likelier than a server that needs so long; and what waits
     * for its first endpoints should not wait for the 60 s after which the server itself gives up. Above 30 s, since balancers and
     * proxies in between commonly give up then, and say why.
     */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(35);

    private static final Duration END_MARK_LIMIT = Duration.ofSeconds(5); // W-9

    private static final Duration TOO_SHORT = Duration.ofSeconds(1); // W-11
    private static final Duration WINDOW = Duration.ofMillis(10);
    private static final int BATCHES_AT_ONCE = 8; // So 800 a second, at some 20 us each.

    /** Hears, on the lane, what came of a round that is not over. */
    interface Listener<T> {
        void openedOnLane(Round<T> round);

        /** A watch has lived long enough to be one. */
        void livesOnLane(Round<T> round);

        void listedOnLane(Round<T> round, Listed<T> list);

        /** The server has come to that version. */
        void provedOnLane(Round<T> round, String version);

        void eventsOnLane(Round<T> round, List<Event<T>> events);

        void endedOnLane(Round<T> round, @Nullable Throwable error);

        void unreadableOnLane(Round<T> round, Throwable error);

        void refusedOnLane(Round<T> round, Refusal refusal);

        /** Nothing was heard for too long. */
        void silentOnLane(Round<T> round);

        /** A streamed list was begun, but its end did not come in time. */
        void noListOnLane(Round<T> round);

        /** Data may be taken for current as of now. On any thread. */
        void alive();
    }

    private final RoundKind kind;
    private final ListWatch.Place place;
    private final Listener<T> listener;
    private final CancelSlot exchange = new CancelSlot();
    private final CancelSlot endMark = new CancelSlot();
    private final CancelSlot batch = new CancelSlot(); // The timer of one that waits.
    private final CancelSlot life = new CancelSlot(); // Of a watch.
    private final SilenceTimer silence;

    /** Written once by whoever ends it, read by everyone. */
    private volatile boolean over;

    /** What exists is known, so what comes is current: from the beginning, or since the list. Belongs to the transport's threads. */
    private boolean complete;

    // All three are guarded by the list. The window begins with the first of some batches told to the lane at once.
    private final List<Event<T>> waiting = new ArrayList<>();
    private long windowNanos;
    private int batches;

    // Touched on the lane only.
    private boolean answered;
    private long answeredNanos;
    private boolean sawLine;
    private boolean advanced;
    private boolean listed;

    Round(RoundKind kind, ListWatch.Place place, Listener<T> listener) {
        this.kind = kind;
        this.place = place;
        this.listener = listener;
        this.complete = kind == RoundKind.WATCH;
        this.windowNanos = place.clock().nanoTime();
        this.silence = new SilenceTimer(place, () -> ifNotOver(() -> listener.silentOnLane(this)));
    }

    void beginOnLane(WatchedResource<T> resource, @Nullable String version) {
        silence.beginOnLane(ANSWER_LIMIT);
        AnswerReceiver.Body body =
                switch (kind) {
                    case LIST -> ListBody.whole(resource.read(), this);
                    case PROOF -> ListBody.page(resource.read(), this);
                    case STREAMED_LIST ->
                        new WatchBody<>(resource.read(), new StreamedList<>(), TooLargeException.MOST_OF_A_LIST, this);
                    case WATCH -> new WatchBody<>(resource.read(), null, TooLargeException.MOST_OF_A_LIST, this);
                };
        String path = kind.path(resource, version, place.random());
        exchange.put(place.api().get(path, new AnswerReceiver(body, this::refused)));
    }

    @Override
    public void cancel() {
        over = true;
        exchange.close();
        silence.close();
        endMark.close();
        batch.close();
        life.close();
    }

    RoundKind kind() {
        return kind;
    }

    /** For how long it has been answered: a head that takes long is no sign of health. */
    Duration healthOnLane() {
        return answered ? Duration.ofNanos(place.clock().nanoTime() - answeredNanos) : Duration.ZERO;
    }

    /** There was an answer, though it may have ended since. */
    boolean isAnsweredOnLane() {
        return answered;
    }

    /** It told of something new, or lived for a while (rule W-11). */
    boolean workedOnLane() {
        return advanced || healthOnLane().compareTo(TOO_SHORT) >= 0;
    }

    /** It brought more than its beginning, though perhaps nothing new. */
    boolean sawLineOnLane() {
        return sawLine;
    }

    /** What it brought is newer than what was known when it began. */
    void advancedOnLane() {
        advanced = true;
    }

    Duration silenceLimitOnLane() {
        return silence.limit();
    }

    @Override
    public void opened() {
        onLane(() -> {
            answered = true;
            answeredNanos = place.clock().nanoTime();
            silence.beginOnLane(place.config().silenceLimit());
            if (kind == RoundKind.STREAMED_LIST) {
                endMark.put(place.scheduler().schedule(() -> onLane(this::endMarkDueOnLane), END_MARK_LIMIT));
            } else {
                beginLifeOnLane();
            }
            listener.openedOnLane(this);
        });
    }

    /** What exists is known, and the head alone does not prove that it stays so: proxies send one and break off. */
    private void beginLifeOnLane() {
        life.put(place.scheduler().schedule(() -> onLane(this::livesOnLane), TOO_SHORT));
    }

    private void livesOnLane() {
        alive();
        listener.livesOnLane(this);
    }

    private void endMarkDueOnLane() {
        if (!listed) {
            listener.noListOnLane(this);
        }
    }

    @Override
    public void byteCame() {
        silence.sign();
    }

    @Override
    public void listed(Listed<T> list) {
        if (kind == RoundKind.PROOF) {
            onLane(() -> listener.provedOnLane(this, list.version()));
            return;
        }
        complete = true;
        alive();
        onLane(() -> {
            listed = true;
            endMark.clear();
            if (kind == RoundKind.STREAMED_LIST) {
                beginLifeOnLane();
            }
            listener.listedOnLane(this, list);
        });
    }

    @Override
    public void events(List<Event<T>> events) {
        // That what is known is too old proves nothing of it (rule W-5).
        if (complete && !events.stream().allMatch(event -> event instanceof WatchEvents.Failed)) {
            alive();
        }
        Duration pause;
        synchronized (waiting) {
            waiting.addAll(events);
            if (waiting.size() > events.size()) {
                return; // Whoever put the first one there has told the lane.
            }
            pause = pause();
        }
        if (pause.isZero()) {
            onLane(this::takeWaitingOnLane);
        } else {
            batch.put(place.scheduler().schedule(() -> onLane(this::takeWaitingOnLane), pause));
        }
    }

    /** To wake the lane costs more than an event does: in a flood, what comes in {@link #WINDOW} is one batch. */
    private Duration pause() { // Called under the lock of waiting.
        long now = place.clock().nanoTime();
        long left = WINDOW.toNanos() - (now - windowNanos);
        if (left <= 0) {
            windowNanos = now;
            batches = 0;
        }
        return ++batches <= BATCHES_AT_ONCE ? Duration.ZERO : Duration.ofNanos(left);
    }

    private void takeWaitingOnLane() {
        List<Event<T>> taken;
        synchronized (waiting) {
            taken = new ArrayList<>(waiting);
            waiting.clear();
        }
        if (!taken.isEmpty()) {
            sawLine |= !(taken.get(0) instanceof WatchEvents.Failed<T>);
            listener.eventsOnLane(this, taken);
        }
    }

    @Override
    public void ended(@Nullable Throwable error) {
        behindEvents(() -> listener.endedOnLane(this, error));
    }

    @Override
    public void unreadable(Throwable error) {
        behindEvents(() -> listener.unreadableOnLane(this, error));
    }

    @Override
    public void refused(Refusal refusal) {
        onLane(() -> listener.refusedOnLane(this, refusal));
    }

    /** On the lane, once the events that came before have been told there. */
    private void behindEvents(Runnable task) {
        onLane(() -> {
            takeWaitingOnLane();
            ifNotOver(task);
        });
    }

    private void alive() {
        if (!over) {
            listener.alive();
        }
    }

    private void onLane(Runnable task) {
        place.lane().execute(() -> ifNotOver(task));
    }

    private void ifNotOver(Runnable task) {
        if (!over) {
            task.run();
        }
    }
}
