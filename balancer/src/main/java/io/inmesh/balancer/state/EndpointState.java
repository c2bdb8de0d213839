package io.inmesh.balancer.state;

import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one endpoint, shared by every balancer of a mesh that has it: they outlive pickers, and die when the endpoint has left
 * every set and its last request has ended. It is its own counter of requests, so that a request has one step to take to it.
 *
 * <p>Threads: any; each number is one atomic.
 */
public final class EndpointState extends InFlight {
    /** How fast latency is forgotten: Finagle's and Linkerd's default. */
    private static final Duration DECAY = Duration.ofSeconds(10);

    /** What a failure counts as, so that failing fast never looks attractive: Linkerd's default. */
    private static final long FAILURE_PENALTY_NANOS = Duration.ofSeconds(5).toNanos();

    /** An endpoint that asks to be spared for longer than this is not believed. */
    private static final long MAX_RETRY_AFTER_NANOS = Duration.ofMinutes(5).toNanos();

    private static final VarHandle FAILURES;

    static {
        try {
            FAILURES = MethodHandles.lookup().findVarHandle(EndpointState.class, "failures", Failures.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String id;
    private final EndpointStates home;
    private final PeakEwma latency = new PeakEwma(DECAY);

    /** What went wrong, or null before anything did, so that a success has next to nothing to look at. Set once through FAILURES by whoever is first. */
    private volatile @Nullable Failures failures;

    /** The last report of its load, or null if none ever came. Written by requests, read on lanes; of two at once either may stay. */
    private volatile ReportedWeight.@Nullable Reported reported;

    /** How many balancers have the endpoint in their set. Written under the home map's bin lock only, read by completing requests. */
    private volatile int users;

    EndpointState(String id, EndpointStates home) {
        this.id = id;
        this.home = home;
    }

    String id() {
        return id;
    }

    int users() {
        return users;
    }

    /** Called by the home map inside {@code compute} alone, which makes it one writer at a time. */
    void setUsers(int newUsers) {
        users = newUsers;
    }

    double latencyNanos(long nowNanos) {
        return latency.read(nowNanos);
    }

    /** Counts a request out, and counts what its end says of the endpoint (balancing section 2). */
    void end(Outcome outcome) {
        int left;
        if (Outcome.isAnswer(outcome)) {
            Failures before = failures;
            if (before != null) {
                before.succeeded();
            }
            left = succeedAndGet();
        } else {
            left = decrementAndGet();
            if (Failures.isOne(outcome)) {
                home.failed(id, madeFailures().count(outcome));
            }
        }
        if (left == 0 && (users == 0 || home.isAwaited())) {
            home.idle(id);
        }
    }

    /** What has been counted until now. */
    Tally tally() {
        Failures before = failures;
        int successes = successes();
        return before == null ? new Tally(successes, 0, 0, 0, 0) : before.tally(successes);
    }

    private Failures madeFailures() {
        Failures made = failures;
        if (made == null) {
            made = new Failures();
            Failures other = (Failures) FAILURES.compareAndExchange(this, null, made);
            made = other == null ? made : other;
        }
        return made;
    }

    /** What was known of its latency says nothing any more. */
    void forgetLatency() {
        latency.forget();
    }

    /** Takes a report in. One without requests a second, as Prequal's may be, says nothing of weight, and does not replace one that does. */
    void reported(LoadReport report, long nowNanos) {
        if (report.requestsPerSecond() > 0) {
            reported = new ReportedWeight.Reported(report, nowNanos);
        }
    }

    ReportedWeight.@Nullable Reported reported() {
        return reported;
    }

    /** Takes the time of an answer in. */
    void answered(long elapsedNanos, long nowNanos) {
        latency.record(elapsedNanos, nowNanos);
    }

    /** Takes in what the end of a request says about latency, an answer's time apart. */
    void ended(Outcome outcome, long elapsedNanos, long nowNanos) {
        if (outcome instanceof Outcome.Failure failure && failure.delivery() == Outcome.Delivery.NOT_SENT) {
            // Nothing was sent, so the time says nothing of the endpoint's work; that it failed does.
            latency.recordAtLeast(FAILURE_PENALTY_NANOS, nowNanos);
        } else if (outcome instanceof Outcome.Failure failure) {
            long sparedNanos = nanosOf(failure.retryAfter());
            latency.recordAtLeast(Math.max(Math.max(elapsedNanos, sparedNanos), FAILURE_PENALTY_NANOS), nowNanos);
        } else if (outcome instanceof Outcome.Timeout) {
            latency.recordAtLeast(Math.max(elapsedNanos, FAILURE_PENALTY_NANOS), nowNanos);
        } else if (outcome instanceof Outcome.Overloaded overloaded) {
            latency.recordAtLeast(Math.max(nanosOf(overloaded.retryAfter()), FAILURE_PENALTY_NANOS), nowNanos);
        } else if (outcome instanceof Outcome.Cancelled && !Double.isNaN(latency.read(nowNanos))) {
            // A lower bound only: where nothing is known, a caller who gave up early must not make the endpoint look
            // fast.
            latency.recordAtLeast(elapsedNanos, nowNanos);
        }
    }

    private static long nanosOf(@Nullable Duration asked) {
        if (asked == null || asked.isNegative()) {
            return 0;
        }
        return asked.compareTo(Duration.ofNanos(MAX_RETRY_AFTER_NANOS)) > 0 ? MAX_RETRY_AFTER_NANOS : asked.toNanos();
    }
}
