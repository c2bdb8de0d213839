package io.inmesh.balancer.grpc.orca;

import io.grpc.Status;
import io.inmesh.api.time.NanoClock;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a server measures of its load.
 *
 * <p>Threads: any.
 */
final class ServerLoad {
    private final NanoClock clock;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LatencyAtLoad latency = new LatencyAtLoad();
    private final Rate requests;
    private final Rate errors;

    ServerLoad(NanoClock clock) {
        this.clock = clock;
        this.requests = new Rate(clock);
        this.errors = new Rate(clock);
    }

    /** A call has come; returns how many others it met. */
    int begin() {
        return inFlight.getAndIncrement();
    }

    long moment() {
        return clock.nanoTime();
    }

    /** A call is gone before it was answered. */
    void gone() {
        inFlight.decrementAndGet();
    }

    /**
     * A call has been answered.
     *
     * @param met how many others it met
     * @param beganNanos when it came
     * @param timed whether the time that it took says something
     */
    void answered(int met, long beganNanos, boolean timed, Status.Code code) {
        inFlight.decrementAndGet();
        requests.count();
        if (isError(code)) {
            errors.count();
        } else if (timed) {
            latency.record(met, clock.nanoTime() - beganNanos);
        }
    }

    /** What clients count as the server's failures, too. */
    private static boolean isError(Status.Code code) {
        return switch (code) {
            case UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
            default -> false;
        };
    }

    int inFlight() {
        return inFlight.get();
    }

    double requestsPerSecond() {
        return requests.perSecond();
    }

    double errorsPerSecond() {
        return errors.perSecond();
    }

    double latencyNanosAt(int met) {
        return latency.at(met);
    }
}
