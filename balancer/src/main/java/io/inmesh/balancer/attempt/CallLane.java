package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.lane.Lane;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the events of one call meet: each is run by whoever brings it, or by whoever is in here already, one after the other. The caller's future is
 * completed by whoever leaves, behind the lane, for what hangs on it may take its time, and attempts that were given up must not wait for that.
 *
 * <p>Threads: any; {@link #settle} on the lane.
 */
final class CallLane<T> {
    private final AsyncExchange<T> exchange;
    private final Lane lane;
    private final CompletableFuture<T> promise = new CompletableFuture<>();

    /** Put there by the lane, once, and taken by whoever leaves the lane next. */
    private final AtomicReference<@Nullable Result<T>> result = new AtomicReference<>();

    /** What the caller gets: an answer, with its lease if that goes along, or an error. */
    record Result<T>(
            @Nullable T answer,
            @Nullable Lease kept,
            @Nullable Throwable error) {

        static <T> Result<T> failed(Throwable error) {
            return new Result<>(null, null, error);
        }
    }

    /**
     * Of a call through that exchange.
     *
     * @param broke hears, on the lane, what an event threw
     */
    CallLane(AsyncExchange<T> exchange, Consumer<Throwable> broke) {
        this.exchange = exchange;
        this.lane = Lane.on(Runnable::run, broke);
    }

    /** What the caller waits for, and may complete himself. */
    CompletableFuture<T> promise() {
        return promise;
    }

    /** Something happens to the call. */
    void post(Runnable event) {
        lane.execute(event);
        Result<T> found = result.getAndSet(null);
        if (found != null) {
            deliver(found);
        }
    }

    /** That happens to the call once the stage has ended; what it throws the lane hears. */
    void await(CompletionStage<T> stage, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        stage.whenComplete((answer, error) -> post(() -> then.accept(answer, error)));
    }

    /** That is what comes of it. */
    void settle(Result<T> found) {
        lane.assertOnLane();
        result.set(found);
    }

    private void deliver(Result<T> found) {
        T answer = found.answer;
        if (answer == null) {
            promise.completeExceptionally(Objects.requireNonNull(found.error, "error"));
        } else if (!promise.complete(answer)) {
            lane.execute(
                    () -> { // The caller was quicker to give up.
                        if (found.kept != null) {
                            found.kept.close();
                        }
                        exchange.discard(answer);
                    });
        }
    }
}
