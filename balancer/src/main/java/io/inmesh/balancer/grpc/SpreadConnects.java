package io.inmesh.balancer.grpc;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Spreads connections that would all begin at one instant, as those of a first set or of a large change do: a few begin at once, the others after
 * random waits of some milliseconds, a second at most in all. Which come first is drawn by each channel, so that many clients that start together do
 * not all turn to the same endpoints. A call that is placed on one that waits begins its connection itself, by gRPC's own hand.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class SpreadConnects {
    /** As many begin at once; sets that are no larger never wait. */
    static final int AT_ONCE = 10;

    /** By then the last has begun. */
    static final Duration LONGEST = Duration.ofSeconds(1);

    /** No wait between two steps is longer. */
    private static final Duration STEP = Duration.ofMillis(10);

    private static final int STEPS = (int) LONGEST.dividedBy(STEP);

    private final Executor context;
    private final Scheduler scheduler;
    private final RandomGenerator random;

    private final List<ConnectedMember> waiting = new ArrayList<>();

    /** How many begin in each step. */
    private int stride;

    private Scheduler.@Nullable Cancellable timer;

    SpreadConnects(Executor context, Scheduler scheduler, RandomGenerator random) {
        this.context = context;
        this.scheduler = scheduler;
        this.random = random;
    }

    /** Connections to these are to begin. */
    void begin(List<ConnectedMember> members) {
        if (waiting.isEmpty() && members.size() <= AT_ONCE) {
            members.forEach(ConnectedMember::requestConnection);
            return;
        }
        boolean idle = waiting.isEmpty();
        waiting.addAll(members);
        stride = 1 + waiting.size() / STEPS;
        if (idle) {
            take(AT_ONCE);
        }
        goOn();
    }

    private void take(int count) {
        for (int i = 0; i < count && !waiting.isEmpty(); i++) {
            int last = waiting.size() - 1;
            Collections.swap(waiting, random.nextInt(waiting.size()), last);
            waiting.remove(last).requestConnection();
        }
    }

    private void goOn() {
        if (timer == null && !waiting.isEmpty()) {
            Duration wait = Duration.ofNanos(random.nextLong(STEP.toNanos()));
            timer = scheduler.schedule(() -> context.execute(this::step), wait);
        }
    }

    private void step() {
        if (timer != null) { // Else it was ended while this was on its way.
            timer = null;
            take(stride);
            goOn();
        }
    }

    /** Nothing begins any more. */
    void end() {
        waiting.clear();
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
