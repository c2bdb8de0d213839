package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import java.util.Set;

/**
 * Equal turns in canonical order, or turns in proportion to weight where weights differ ({@link LowDiscrepancy}).
 *
 * <p>Each stripe of the sequence visits every endpoint once in n picks; over all stripes the counts of two endpoints differ by at most
 * the number of stripes. Starts at a random place, so that clients started together do not march in step, and goes on from where it was
 * when the endpoints change.
 */
public final class RoundRobin implements PickerFactory {

    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("rr");
    }

    @Override
    public Picker newPicker(Input input) {
        Stripes sequence = Sequenced.after(input);
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        return Weights.areEqual(input.endpoints())
                ? new Turns(endpoints, sequence)
                : new LowDiscrepancy(endpoints, sequence);
    }

    /** A picker that walks along a sequence, which its successor takes over. */
    sealed interface Sequenced extends Picker permits Turns, LowDiscrepancy, ExactTurns, Stride {
        Stripes sequence();

        /** The sequence of the picker before, or a new one that starts at a random place. */
        static Stripes after(Input input) {
            return input.previous() instanceof Sequenced sequenced
                    ? sequenced.sequence()
                    : new Stripes(Runtime.getRuntime().availableProcessors(), input.random());
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
}
