package io.inmesh.samples.benchmarks.sim;

import io.inmesh.api.LoadReport;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Some workers and a queue before them, first come, first served. A request that a worker begins takes its work divided by the speed of that
 * moment. Knows what a server may tell of its load: requests in flight, the latency at that number, and its use of the last second.
 */
final class Server {
    private final EventQueue events;
    private final Speed speed;
    private final int workers;
    private final LatencyEstimate latency;
    private final Queue<Job> waiting = new ArrayDeque<>();

    private int busy;
    private long received;

    // Since the last report.
    private long reportedAtNanos;
    private long busyAtNanos;
    private double busyNanos;
    private int ended;

    /** A request as the server has it; {@code ahead} is how many it found there. */
    private record Job(double workNanos, Runnable whenDone, long arrivedNanos, int ahead) {}

    Server(EventQueue events, Speed speed, int workers, LatencyEstimate latency) {
        this.events = events;
        this.speed = speed;
        this.workers = workers;
        this.latency = latency;
    }

    /** A request arrives; {@code whenDone} runs at the moment it is answered. */
    void accept(double workNanos, Runnable whenDone) {
        received++;
        Job job = new Job(workNanos, whenDone, events.nanoTime(), inFlight());
        if (busy < workers) {
            setBusy(busy + 1);
            begin(job);
        } else {
            waiting.add(job);
        }
    }

    private void begin(Job job) {
        events.after(Math.round(job.workNanos / currentSpeed()), () -> end(job));
    }

    private void end(Job job) {
        ended++;
        Job next = waiting.poll();
        if (next == null) {
            setBusy(busy - 1);
        } else {
            begin(next);
        }
        latency.record(job.ahead, events.nanoTime() - job.arrivedNanos);
        job.whenDone.run();
    }

    private void setBusy(int now) {
        busyNanos += (double) busy * (events.nanoTime() - busyAtNanos);
        busyAtNanos = events.nanoTime();
        busy = now;
    }

    /** Requests at work and waiting, of all clients. */
    int inFlight() {
        return busy + waiting.size();
    }

    /** What a request that came now would take by experience, in nanoseconds. */
    double latencyNanos() {
        return latency.at(inFlight());
    }

    double currentSpeed() {
        return speed.at(events.nanoTime());
    }

    /** How many requests have arrived. */
    long received() {
        return received;
    }

    /** What it has done since the report before. */
    LoadReport report() {
        setBusy(busy);
        double elapsedNanos = events.nanoTime() - reportedAtNanos;
        LoadReport report = LoadReport.of(ended * 1e9 / elapsedNanos, busyNanos / elapsedNanos / workers);
        reportedAtNanos = events.nanoTime();
        busyNanos = 0;
        ended = 0;
        return report;
    }
}
