package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.time.NanoClock;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The time of a simulation: runs events in order of their moments, those of one moment in the order they were planned, and shows
 * each event its own moment. A heap of plain arrays, for a simulation plans millions.
 *
 * <p>Threads: one.
 */
public final class EventQueue implements NanoClock {
    private static final int INITIAL_ROOM = 1024;

    private long[] moments = new long[INITIAL_ROOM];
    private long[] orders = new long[INITIAL_ROOM];
    private @Nullable Runnable[] events = new @Nullable Runnable[INITIAL_ROOM];
    private int size;
    private long planned;
    private long now;

    @Override
    public long nanoTime() {
        return now;
    }

    /**
     * Plans an event.
     *
     * @param delayNanos from now, 0 or more
     */
    public void after(long delayNanos, Runnable event) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException(
                    "delayNanos: " + delayNanos + " (expected: 0 or more; time never goes back)");
        }
        if (size == moments.length) {
            moments = Arrays.copyOf(moments, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        rise(size++, now + delayNanos, planned++, event);
    }

    /** Runs every event, and those they plan, until none is left. */
    public void run() {
        while (size > 0) {
            Runnable event = Objects.requireNonNull(events[0]);
            now = moments[0];
            size--;
            Runnable last = Objects.requireNonNull(events[size]);
            events[size] = null;
            if (size > 0) {
                sink(moments[size], orders[size], last);
            }
            event.run();
        }
    }

    private void rise(int from, long moment, long order, Runnable event) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!isBefore(moment, order, parent)) {
                break;
            }
            move(parent, place);
            place = parent;
        }
        put(place, moment, order, event);
    }

    private void sink(long moment, long order, Runnable event) {
        int place = 0;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && isBefore(moments[child + 1], orders[child + 1], child)) {
                child++;
            }
            if (isBefore(moment, order, child)) {
                break;
            }
            move(child, place);
            place = child;
        }
        put(place, moment, order, event);
    }

    private boolean isBefore(long moment, long order, int place) {
        return moment < moments[place] || (moment == moments[place] && order < orders[place]);
    }

    private void move(int from, int to) {
        put(to, moments[from], orders[from], Objects.requireNonNull(events[from]));
    }

    private void put(int place, long moment, long order, Runnable event) {
        moments[place] = moment;
        orders[place] = order;
        events[place] = event;
    }
}
