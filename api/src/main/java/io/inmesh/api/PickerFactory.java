package io.inmesh.api;

import io.inmesh.api.time.NanoClock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A balancing policy: makes a {@link Picker} for each revision of the endpoints. A policy of one's own is one class implementing
 * this, named in {@code META-INF/services/io.inmesh.api.PickerFactory}; it gets state, outcomes, stages and metrics like the
 * built-in ones.
 *
 * <pre>{@code
 * public final class LowestAddress implements PickerFactory {
 *     @Override
 *     public String name() {
 *         return "lowest-address";
 *     }
 *
 *     @Override
 *     public Picker newPicker(Input input) {
 *         EndpointView first = input.endpoints().get(0);
 *         return context -> first;
 *     }
 * }
 * }</pre>
 *
 * <p>Threads: {@code newPicker} is called on a balancer's lane; one factory serves many balancers, so it keeps no state of its own.
 */
public interface PickerFactory {

    /** The policy's name, lower case with {@code -}, as users type it. */
    String name();

    /** Other names for it. */
    default Set<String> aliases() {
        return Set.of();
    }

    /** True if the pickers read {@link EndpointView#latencyNanos()}, so that requests are timed. */
    default boolean readsLatency() {
        return false;
    }

    /** True if the pickers hear what endpoints report of their load ({@link Picker#reported}). */
    default boolean readsReports() {
        return false;
    }

    /**
     * False if the pickers read no {@link EndpointView#weight()}: then weights that grow with time or with load reports make no new picker. Where
     * it is true, each change of a weight makes one.
     */
    default boolean readsWeights() {
        return true;
    }

    /**
     * True if the pickers want to know the endpoints that are kept out by their health as well ({@link Input#unavailable()}): for a table that is
     * not to be filled in another way whenever one goes out or comes back.
     */
    default boolean knowsUnavailable() {
        return false;
    }

    /**
     * What users may tell this policy besides its name: keys such as {@code choices}. They are typed behind the policy's name: {@code
     * power-of-two.choices}.
     */
    default Set<String> settings() {
        return Set.of();
    }

    /**
     * The same policy with these settings.
     *
     * @param values texts by key, each of {@link #settings()}
     * @throws IllegalArgumentException if a value is wrong, with key, value and what is expected
     */
    default PickerFactory with(Map<String, String> values) {
        return this;
    }

    /**
     * True if the key of a request decides where it goes. Stages then do nothing that would move keys from one moment to the next: weights do
     * not ramp up, shares of localities are multiplied into weights instead of being drawn, and a priority is chosen by the key.
     */
    default boolean followsKey() {
        return false;
    }

    /**
     * True if the pickers may answer with a {@link Rejection} though there are endpoints to choose from. Each is then told to observers,
     * under the target's name.
     */
    default boolean mayReject() {
        return false;
    }

    /**
     * Makes the picker for one revision. Must not fail for any input that {@link Input} admits: until it succeeds again, requests are told
     * {@link Reason#POLICY_FAILED}.
     */
    Picker newPicker(Input input);

    /**
     * What a picker is made from.
     *
     * @param endpoints at least one, in canonical order, each of weight above 0
     * @param random source of chance, safe for any number of threads
     * @param clock source of time
     * @param previous the picker that this one replaces for the same balancer, to carry a sequence on; null if there was none or it
     *     came from another policy; it may have been made under other settings
     * @param fallback hears when a picker does without what its policy goes by
     * @param unavailable those that must not be chosen now, because their health keeps them out or they are still being connected to, but
     *     would be among the endpoints otherwise; in canonical order, each of weight above 0; empty unless the policy {@link #knowsUnavailable()}
     */
    record Input(
            List<EndpointView> endpoints,
            RandomGenerator random,
            NanoClock clock,
            @Nullable Picker previous,
            Fallback fallback,
            List<EndpointView> unavailable) {

        /** Refuses an empty list: where nothing can be picked no picker is made. */
        public Input {
            endpoints = List.copyOf(endpoints);
            unavailable = List.copyOf(unavailable);
            if (endpoints.isEmpty()) {
                throw new IllegalArgumentException(
                        "endpoints: none (expected: at least one; an empty set has no picker)");
            }
        }

        /** With nobody to hear of fallbacks. */
        public Input(List<EndpointView> endpoints, RandomGenerator random, NanoClock clock, @Nullable Picker previous) {
            this(endpoints, random, clock, previous, Fallback.UNHEARD, List.of());
        }
    }

    /**
     * Hears that a picker chose by something simpler than its policy, because what that goes by is missing. It is counted, and logged when it
     * happens first.
     */
    @FunctionalInterface
    interface Fallback {

        /** Hears nothing. */
        Fallback UNHEARD = why -> {};

        /**
         * One request was placed so. On any thread; never waits, and never fails.
         *
         * @param why what is missing, what is done instead and what to do about it; the same text each time, for counters
         */
        void fellBack(String why);
    }
}
