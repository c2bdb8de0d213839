package io.inmesh.balancer.attempt;

import io.inmesh.api.Lease;
import io.inmesh.api.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A request that blocks, each attempt on a thread of its own, so that one can be given up or be hedged. Given up, it is taken back by the exchange
 * itself, which knows its connection, and its thread is interrupted.
 */
final class ThreadedExchange<T, E extends Exception> implements AsyncExchange<T> {
    private final Exchange<T, E> exchange;
    private final Executor threads;

    ThreadedExchange(Exchange<T, E> exchange, Executor threads) {
        this.exchange = exchange;
        this.threads = threads;
    }

    @Override
    public CompletableFuture<T> send(Lease lease) {
        Sending sending = new Sending(lease);
        threads.execute(sending);
        return sending;
    }

    @Override
    public Outcome outcomeOf(T answer) {
        return exchange.outcomeOf(answer);
    }

    @Override
    public Outcome outcomeOf(Throwable error) {
        return error instanceof Exception known && !(error instanceof RuntimeException)
                ? exchange.outcomeOf(known)
                : Outcome.CANCELLED;
    }

    @Override
    public void discard(T answer) {
        exchange.discard(answer);
    }

    @Override
    public boolean keepsLease() {
        return exchange.keepsLease();
    }

    @Override
    public Throwable failure(Exception reason) {
        return exchange.failure(reason);
    }

    /** One attempt on one thread. */
    private final class Sending extends CompletableFuture<T> implements Runnable {
        private final Lease lease;

        /** Who is in the exchange; null before and after. Guarded by this: a thread that has gone on to other work must not be interrupted. */
        private @Nullable Thread thread;

        private Sending(Lease lease) {
            this.lease = lease;
        }

        @Override
        public void run() {
            if (!enter()) {
                return;
            }
            T answer;
            try {
                answer = exchange.send(lease);
            } catch (Throwable e) {
                leave();
                completeExceptionally(e);
                return;
            }
            leave();
            if (!complete(answer)) {
                exchange.discard(answer);
            }
        }

        private synchronized boolean enter() {
            if (isDone()) {
                return false;
            }
            thread = Thread.currentThread();
            return true;
        }

        /** The interruption of an attempt that was given up is not one of whatever its thread does next. */
        private synchronized void leave() {
            thread = null;
            if (isDone()) {
                Thread.interrupted();
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(mayInterrupt);
            if (cancelled) {
                exchange.cancel(lease);
                interrupt();
            }
            return cancelled;
        }

        private synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
