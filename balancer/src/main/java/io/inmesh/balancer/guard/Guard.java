package io.inmesh.balancer.guard;

import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.config.BalancerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every request of a service, a repeat included: lets it through or turns it down, and hears how it ended.
 *
 * <p>Threads: any, many at once. Must not wait, for a pick never does.
 */
public interface Guard {

    /**
     * A request asks for leave.
     *
     * @return null if it has it, and then exactly one call of {@link #ended} or {@link #withdrawn} follows; otherwise what it is told
     */
    @Nullable
    Rejection enter();

    /** A request that had leave has ended so, after that time. */
    void ended(Outcome outcome, long elapsedNanos);

    /** A request that had leave was not sent, for it got no endpoint. */
    void withdrawn();

    /** Which guard a configuration asks for. */
    interface Demand {

        /** Who stands before that service port; null for nobody. Called on lanes when a configuration changes. */
        @Nullable
        Guard of(BalancerConfig config, ServiceKey key);

        /**
         * Refuses a configuration that it cannot serve.
         *
         * @throws IllegalArgumentException with key, value and what is expected
         */
        void check(BalancerConfig config);
    }
}
