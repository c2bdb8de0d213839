package io.inmesh.balancer.eject;

import io.inmesh.balancer.config.EjectRows;
import io.inmesh.balancer.state.FailureWatch;
import org.jspecify.annotations.Nullable;

/**
 * Speaks against an endpoint that fails so many times in a row (Envoy's consecutive 5xx, gateway and local origin failures). It needs neither other
 * endpoints to compare with nor an interval, so it protects services of two.
 *
 * <p>Says so at each multiple of the number, not at each failure beyond it: an endpoint that may not be ejected, because it is the last one,
 * fails on, and is asked about now and then. Rows are counted one by one, so of any number of threads exactly one meets each number.
 *
 * <p>Threads: any.
 */
public final class ConsecutiveErrors {
    private final EjectRows rows;

    /** By these numbers. */
    public ConsecutiveErrors(EjectRows rows) {
        this.rows = rows;
    }

    /** The rule that a failure with these rows meets, in words; null if it meets none. */
    public @Nullable String meets(FailureWatch.Rows found) {
        int consecutive = rows.splitLocalOrigin() ? found.answered() : found.all();
        if (meets(consecutive, rows.consecutive())) {
            return consecutive + " failures in a row";
        }
        if (meets(found.gateway(), rows.gateway())) {
            return found.gateway() + " times in a row it could not serve (502, 503, 504, UNAVAILABLE)";
        }
        if (rows.splitLocalOrigin() && meets(found.local(), rows.local())) {
            return found.local() + " times in a row it did not answer at all (connect, TLS, reset)";
        }
        return null;
    }

    private static boolean meets(int found, int wanted) {
        return wanted > 0 && found > 0 && found % wanted == 0;
    }
}
