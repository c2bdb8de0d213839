package io.inmesh.resolver.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.lane.Lane;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.object.Slice;
import io.inmesh.resolver.kubernetes.rule.Samples;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.ScriptedTransport.Exchange;
import io.inmesh.resolver.kubernetes.watch.WatchEvents.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A watch of slices whose answers a test gives by hand, on a clock that stands until it is advanced. */
abstract class WatchScene {
    static final RandomGenerator LOWEST = () -> 0L;
    static final String GONE = "{kind: 'Status', code: 410, reason: 'Expired', message: 'too old'}";

    final FakeClock clock = new FakeClock();
    final ScriptedTransport api;
    final List<String> heard = new ArrayList<>();
    final List<@Nullable Trouble> troubles = new ArrayList<>();
    int batches;
    final Lane lane = Lane.on(clock, error -> {
        throw new AssertionError(error);
    });
    final ListWatch<Slice> watch;

    WatchScene(StreamingLists streamingLists, WatchConfig config) {
        api = new ScriptedTransport(streamingLists);
        ListWatch.Place place = new ListWatch.Place(api, lane, clock, clock, LOWEST).with(config);
        watch = new ListWatch<>(WatchedResource.slices(Samples.SHOP), place, new Recorder());
    }

    private final class Recorder implements WatchSink<Slice> {
        @Override
        public void onListOnLane(List<Slice> objects, List<WatchEvents.Unread<Slice>> unread) {
            List<ObjectName> not = unread.stream().map(WatchEvents.Unread::id).toList();
            heard.add("list " + names(objects) + (not.isEmpty() ? "" : " and not " + not));
        }

        @Override
        public void onEventsOnLane(List<Event<Slice>> events) {
            batches++;
            for (Event<Slice> event : events) {
                if (event instanceof WatchEvents.Put<Slice> put) {
                    heard.add("put " + put.object().id().name());
                } else if (event instanceof WatchEvents.Removed<Slice> removed) {
                    heard.add("removed " + removed.id().name());
                }
            }
        }

        @Override
        public void onTroubleOnLane(@Nullable Trouble trouble) {
            troubles.add(trouble);
        }
    }

    private static List<String> names(List<Slice> slices) {
        return slices.stream().map(slice -> slice.id().name()).toList();
    }

    @BeforeEach
    void start() {
        watch.start();
        clock.runDue();
    }

    /** The exchange that runs, after everything due has been done. */
    Exchange now() {
        clock.runDue();
        return api.last();
    }

    Exchange watching() {
        now().list("7", Samples.json("s1", "5"));
        Exchange watching = now();
        assertThat(watching.isWatch()).isTrue();
        watching.head(200, null);
        clock.runDue();
        return watching;
    }

    @Nullable
    Trouble trouble() {
        clock.runDue();
        return troubles.isEmpty() ? null : troubles.get(troubles.size() - 1);
    }

    /** The exchange that runs after so long. */
    Exchange atOnceAfter(Duration delay) {
        clock.advance(delay);
        return now();
    }

    /** The exchange that runs next, however long that takes, up to a minute or so. */
    Exchange next() {
        Exchange before = api.last();
        for (int i = 0; i < 700 && now() == before; i++) {
            clock.advance(Duration.ofMillis(100));
        }
        assertThat(api.last()).isNotSameAs(before);
        return api.last();
    }
}
