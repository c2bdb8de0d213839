package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import java.util.Map;
import java.util.Set;

/**
 * Equal turns in canonical order, or turns in proportion to weight where weights differ ({@link LowDiscrepancy}).
 *
 * <p>Each thread that runs beside others walks along a sequence of its own, a stripe. Each stripe of the sequence visits every endpoint once in n picks; over all stripes the counts of two endpoints differ by at most
 * the number of stripes. Starts at a random place, so that clients started together do not march in step, and goes on from where it was
 * when the endpoints change. Under {@code exact} there is one for all threads: turns follow each other exactly, and threads that pick at once
 * wait for one another's cache line.
 */
public final class RoundRobin implements PickerFactory {
    private static final String EXACT = "exact";

    private final boolean exact;

    /** A sequence for each thread that runs at once. */
    public RoundRobin() {
        this(false);
    }

    /** One sequence for all threads, or one for each that runs at once. */
    public RoundRobin(boolean exact) {
        this.exact = exact;
    }

    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("rr");
    }

    @Override
    public Set<String> settings() {
        return Set.of(EXACT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new RoundRobin(new PolicySettings(name(), values).flag(EXACT, exact));
    }

    @Override
    public Picker newPicker(Input input) {
        Stripes sequence = Sequenced.after(input, exact);
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        return Weights.areEqual(input.endpoints())
                ? new Turns(endpoints, sequence)
                : new LowDiscrepancy(endpoints, sequence);
    }

    /** A picker that walks along a sequence, which its successor takes over. */
    sealed interface Sequenced extends Picker permits Turns, LowDiscrepancy, ExactTurns, Stride {
        Stripes sequence();

        /** The sequence of the picker before, if that was as exact, or a new one that starts at a random place. */
        static Stripes after(Input input, boolean exact) {
            int cores = exact ? 1 : Runtime.getRuntime().availableProcessors();
            return input.previous() instanceof Sequenced sequenced
                            && sequenced.sequence().isFor(cores)
                    ? sequenced.sequence()
                    : new Stripes(cores, input.random());
        }
    }

    /** Turn s goes to endpoint s modulo n. */
    static final class Turns implements Sequenced {
        private final EndpointView[] endpoints;
        private final Stripes sequence;

        Turns(EndpointView[] endpoints, Stripes sequence) {
            this.endpoints = endpoints;
            this.sequence = sequence;
        }

        @Override
        public Choice choose(PickContext context) {
            // Unsigned: a sequence taken over from LowDiscrepancy may stand anywhere.
            return endpoints[(int) Long.remainderUnsigned(sequence.getAndAdd(1), endpoints.length)];
        }

        @Override
        public Stripes sequence() {
            return sequence;
        }
    }

    @Override
    public String toString() {
        return name() + "[exact " + exact + "]";
    }
}
