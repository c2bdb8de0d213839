package io.inmesh.balancer.state;

/**
 * What was counted on an endpoint until some moment, or between two moments. Overload and cancellation count as nothing, the caller's own
 * errors as success.
 *
 * @param successes answered
 * @param external failed by the endpoint's own answer
 * @param gateway failed because it cannot serve now
 * @param local no answer at all: connect, TLS, reset
 * @param timeouts no answer in time
 */
public record Tally(int successes, int external, int gateway, int local, int timeouts) {

    /** Nothing yet. */
    public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

    /** What came since an earlier reading. Totals wrap, differences do not, as long as fewer than 2^31 requests end in between. */
    public Tally since(Tally earlier) {
        return new Tally(
                successes - earlier.successes,
                external - earlier.external,
                gateway - earlier.gateway,
                local - earlier.local,
                timeouts - earlier.timeouts);
    }

    /** Failures of every origin. */
    public int failures() {
        return answeredFailures() + local;
    }

    /** Failures but those of local origin. */
    public int answeredFailures() {
        return external + gateway + timeouts;
    }
}
