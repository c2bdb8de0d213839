package io.inmesh.balancer.engine;

import io.inmesh.api.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What makes a balancer assemble its picker anew though its resolver has told nothing: time, for what holds for a while only, and
 * changes of the caller's own service, where that matters.
 *
 * <p>Threads: one balancer's lane, on which it also calls.
 */
public final class Occasions {
    /** How long the first connections wait for the caller's own service; it is mostly known as soon as the target itself. */
    private static final Duration PEERS_WAIT = Duration.ofSeconds(1);

    private final Engine engine;
    private final Executor lane;
    private final Runnable assemble;

    /** Counts what was waited for, so that a call on its way from before is told from the one that is meant. */
    private long waits;

    private boolean closed;
    private Scheduler.@Nullable Cancellable timer;
    private OwnService.@Nullable Use own;

    /** Runs while the first answer about the own service is waited for. */
    private Scheduler.@Nullable Cancellable peersTimer;

    /** Waits for nothing yet. */
    public Occasions(Engine engine, Executor lane, Runnable assemble) {
        this.engine = engine;
        this.lane = lane;
        this.assemble = assemble;
    }

    /** Waits for what may change this, which was assembled just now; what was waited for before is not waited for any more. */
    public void await(Balancing balancing, @Nullable Duration holds) {
        cancelTimer();
        if (closed) {
            return;
        }
        if (holds != null) {
            long meant = waits;
            timer = engine.scheduler()
                    .schedule(
                            () -> lane.execute(() -> {
                                if (meant == waits) {
                                    timer = null;
                                    assemble.run();
                                }
                            }),
                            holds);
        }
        ask(balancing);
    }

    /** Asks for the caller's own service if this is balanced by it, and no longer if it is not. */
    public void ask(Balancing balancing) {
        if (!balancing.asksForPeers()) {
            closeOwn();
        } else if (own == null && !closed) {
            own = engine.own().use(() -> lane.execute(this::assembleIfOpen));
            if (balancing.choosesByPeers() && !engine.own().isAnswered()) {
                peersTimer = engine.scheduler()
                        .schedule(
                                () -> lane.execute(() -> {
                                    cancelPeersTimer();
                                    assembleIfOpen();
                                }),
                                PEERS_WAIT);
            }
        }
    }

    /** True while it is too early to say which endpoints are used, since the first answer about the own service is on its way. */
    public boolean isAwaitingPeers(Balancing balancing) {
        return peersTimer != null && balancing.choosesByPeers() && !engine.own().isAnswered();
    }

    private void assembleIfOpen() {
        if (!closed) {
            assemble.run();
        }
    }

    /** Waits for nothing more. */
    public void close() {
        closed = true;
        cancelTimer();
        closeOwn();
    }

    private void cancelTimer() {
        waits++;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void closeOwn() {
        cancelPeersTimer();
        if (own != null) {
            own.close();
            own = null;
        }
    }

    private void cancelPeersTimer() {
        if (peersTimer != null) {
            peersTimer.cancel();
            peersTimer = null;
        }
    }
}
