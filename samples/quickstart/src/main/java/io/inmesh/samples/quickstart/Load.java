package io.inmesh.samples.quickstart;

import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.attempt.Safety;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends requests at a steady rate, whatever becomes of them, to each client in turn. Every tenth may not be repeated.
 *
 * <p>Threads: {@code start} and {@code stop} once each, by one thread.
 */
final class Load {
    private static final Duration TICK = Duration.ofMillis(5);
    private static final int UNSAFE_ONE_IN = 10;

    /** At 20 ms a request these carry more than 10,000 requests a second. */
    private static final int MOST_AT_ONCE = 256;

    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(15);

    private final double perNano;
    private final List<OrdersClient> clients;
    private final Ledger ledger;
    private final LongAdder heldBack = new LongAdder();
    private final Scheduler pace = Scheduler.system("pace");
    private final ThreadPoolExecutor requests =
            new ThreadPoolExecutor(0, MOST_AT_ONCE, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), Load::thread);

    // Both are touched by one tick at a time; each schedules the next.
    private long startedNanos;
    private long due;

    Load(int perSecond, List<OrdersClient> clients, Ledger ledger) {
        this.perNano = perSecond / 1e9;
        this.clients = List.copyOf(clients);
        this.ledger = ledger;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        return thread;
    }

    /** Sends requests one after the other, so that what follows finds connections made and code compiled. */
    void warmUp(int perClient) {
        for (int i = 0; i < perClient; i++) {
            clients.forEach(client -> send(client, Safety.IDEMPOTENT));
        }
    }

    void start() {
        startedNanos = System.nanoTime();
        pace.execute(this::tick);
    }

    private void tick() {
        sendWhatIsDue();
        pace.schedule(this::tick, TICK);
    }

    private void sendWhatIsDue() {
        long until = (long) ((System.nanoTime() - startedNanos) * perNano);
        for (; due < until; due++) {
            OrdersClient client = clients.get((int) (due % clients.size()));
            Safety safety = due / clients.size() % UNSAFE_ONE_IN == 0 ? Safety.UNSAFE : Safety.IDEMPOTENT;
            try {
                requests.execute(() -> send(client, safety));
            } catch (RejectedExecutionException e) {
                if (!requests.isShutdown()) { // Every thread waits for an answer: this machine cannot keep the rate.
                    heldBack.increment();
                }
            }
        }
    }

    private void send(OrdersClient client, Safety safety) {
        ledger.sent(safety, client.door());
        long before = System.nanoTime();
        try {
            String pod = client.call(safety);
            ledger.answered(safety, new PodPort(pod, client.door()), System.nanoTime() - before);
        } catch (IOException | RuntimeException e) {
            ledger.lost(safety, client.door(), e);
        }
    }

    /** Sends nothing more and waits for what runs. */
    void stop() throws InterruptedException {
        requests.shutdown();
        pace.close();
        if (!requests.awaitTermination(LONGEST_REQUEST.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("requests still run " + LONGEST_REQUEST
                    + " after the last was sent (expected: all ended by their own deadlines)");
        }
    }

    /** How many requests were not sent at all, since too many others had no answer yet. */
    long heldBack() {
        return heldBack.sum();
    }
}
