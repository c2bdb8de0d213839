package io.inmesh.balancer;

import io.inmesh.api.Reason;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Those who wait until a balancer can pick. Everything but the futures is touched on the lane alone. */
final class ReadyWaiters {
    private final Lane lane;
    private final Scheduler scheduler;

    /** What a pick would be told at the moment: null if it would get an endpoint. */
    private final Supplier<@Nullable Rejection> current;

    private final List<Waiter> waiting = new ArrayList<>();

    /** One who waits; cancelling its timer is the last thing done with it. */
    private static final class Waiter {
        private final CompletableFuture<Void> future = new CompletableFuture<>();
        private Scheduler.@Nullable Cancellable timer;
    }

    ReadyWaiters(Lane lane, Scheduler scheduler, Supplier<@Nullable Rejection> current) {
        this.lane = lane;
        this.scheduler = scheduler;
        this.current = current;
    }

    /** Completes with the first answer of the source, or when the limit has passed. */
    CompletableFuture<Void> add(Duration limit) {
        Waiter waiter = new Waiter();
        lane.execute(() -> addOnLane(waiter, limit));
        return waiter.future;
    }

    private void addOnLane(Waiter waiter, Duration limit) {
        waiting.add(waiter);
        if (isAnswer(current.get())) {
            finishOnLane(waiter);
        } else {
            waiter.timer = scheduler.schedule(() -> lane.execute(() -> finishOnLane(waiter)), limit);
        }
    }

    /** Another picker was published. */
    void tellOnLane() {
        if (isAnswer(current.get())) {
            List.copyOf(waiting).forEach(this::finishOnLane);
        }
    }

    private void finishOnLane(Waiter waiter) {
        waiting.remove(waiter);
        if (waiter.timer != null) {
            waiter.timer.cancel();
        }
        Rejection rejection = current.get();
        if (rejection == null) {
            waiter.future.complete(null);
        } else {
            waiter.future.completeExceptionally(new RejectedException(rejection));
        }
    }

    /** Everything but "not heard of yet" is an answer: waiting longer for a service that does not exist helps nobody. */
    private static boolean isAnswer(@Nullable Rejection rejection) {
        return rejection == null || rejection.reason() != Reason.NOT_SYNCED;
    }
}
