package io.inmesh.balancer.health;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Word;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Watches the endpoints of one service port and says of each whether it is to be trusted. There is one for all balancers and channels of a mesh
 * that reach the port and ask for the same {@link Kind}; it begins with the first of them and ends with the last.
 *
 * <p>A new source is a record that implements {@link Kind}, made from configuration by a {@link Demand}, and a class that implements this:
 *
 * <pre>{@code
 * record Closed(Duration every) implements HealthSource.Kind {
 *     public String name() { return "maintenance"; }
 *     public HealthSource begin(HealthSource.Site site) { return new MaintenanceSource(site, every); }
 * }
 * // in the source, on its lane:
 * site.voice().say(endpoint, Word.out("maintenance until 4 p.m.", Duration.ZERO));
 * site.voice().say(endpoint, Word.HEALTHY);
 * }</pre>
 *
 * <p>Threads: everything in here is called on the source's own lane, and so must the source call its voice; it goes there with whatever it hears
 * on other threads by {@code site.lane().execute(...)}. Fields that only the lane touches need no guard.
 */
public interface HealthSource extends AutoCloseable {

    /**
     * The endpoints that any balancer of the port wants to know of, in canonical order, usable or not ({@link Endpoint#usability()}): as soon as
     * there are any after it began, then with each change. What it said of one that is gone is forgotten by itself; timers and tables for it are the source's to give up. One whose id is the
     * same is the same endpoint, whatever else has changed.
     */
    void endpoints(List<Endpoint> endpoints);

    /**
     * The same, where its settings replace those of another source ({@link Kind#succeeds}): of endpoints that are new to this one it takes over what that
     * one knows. What that one has said of them holds already, and is said again only where it is to be something else from now on.
     *
     * @param previous a source of such a kind, on the same lane; it goes on for whoever else asks for it, or is closed next
     */
    default void endpoints(List<Endpoint> endpoints, HealthSource previous) {
        endpoints(endpoints);
    }

    /** Nobody asks any more: no timer, connection or listener may be left behind. */
    @Override
    void close();

    /** What kind of source, with its settings. Two balancers whose kinds are equal share one source, so this is a record. */
    interface Kind {

        /** For people, the first word of what it says: {@code outlier detection}. */
        String name();

        /** Begins to watch. */
        HealthSource begin(Site site);

        /**
         * True if it is the same as that one but for its settings: whoever changes from that one to this keeps what was said of his endpoints. Such sources
         * of one service port share a lane. By default none is.
         */
        default boolean succeeds(Kind previous) {
            return false;
        }

        /**
         * One will begin for another service port. Told at once, before the picker is made of whoever asked for it, and so before {@link #begin}, which
         * waits for its lane; once for each. By default nothing.
         */
        default void asked() {}

        /** The last of those that asked for one is gone; once for each {@link #asked}. By default nothing. */
        default void left() {}
    }

    /** Which source a balancer wants, by its configuration. */
    @FunctionalInterface
    interface Demand {

        /** The kind, or null if it wants none. Called on lanes, for each assembly of a picker: quick, and equal for equal configurations. */
        @Nullable
        Kind of(BalancerConfig config, ServiceKey key);

        /**
         * Refuses a configuration that it cannot serve; by default none.
         *
         * @throws IllegalArgumentException with key, value and what is expected
         */
        default void check(BalancerConfig config) {}
    }

    /** Takes what a source says. */
    @FunctionalInterface
    interface Voice {

        /**
         * From now on this holds of the endpoint. Told to every balancer that asked for the source, to observers and to the log; saying the same again
         * changes nothing. Of an endpoint that is not among those last told, nothing is taken.
         */
        void say(Endpoint endpoint, Word word);
    }

    /**
     * Where a source works.
     *
     * @param key the service port
     * @param target how the first balancer that asked for it names the port, for messages and observers
     * @param states counters of its endpoints
     * @param lane the source's own
     * @param voice takes what it says
     * @param tools what the mesh gives everyone
     */
    record Site(ServiceKey key, Target target, EndpointStates states, Lane lane, Voice voice, Tools tools) {}

    /**
     * What the mesh gives everyone.
     *
     * @param clock source of time
     * @param scheduler runs timers and lanes
     * @param random source of chance, safe for any number of threads
     * @param observer hears events; cannot fail
     * @param blocking runs what has to wait, such as for a name to be looked up, since lanes share a few threads; refuses once the mesh is closed
     */
    record Tools(
            NanoClock clock,
            Scheduler scheduler,
            RandomGenerator random,
            BalancerObserver observer,
            Executor blocking) {}
}
