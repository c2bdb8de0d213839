package io.inmesh.balancer.pick;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns in proportion to weight. Equal weights take the plain turns of {@link RoundRobin}.
 *
 * <p>When endpoints or weights change, the sequence goes on: {@code low-discrepancy} and {@code stride} keep their place, the exact ones what
 * each endpoint has waited. Freshly started clients do not march in step: each begins at a random turn.
 *
 * <p>{@code exact} is as for {@link RoundRobin}: one sequence for all threads. The sequences {@code smooth}, {@code edf} and {@code ipvs} have one
 * anyhow, beside which a thread that finds another inside takes a turn.
 */
public final class WeightedRoundRobin implements PickerFactory {
    private static final String SEQUENCE = "sequence";
    private static final String EXACT = "exact";

    /** How many turns a fresh exact sequence may skip to begin at a place of its own; bounds the time its first picker takes to build. */
    private static final int MOST_SKIPPED = 256;

    private final Sequence sequence;
    private final boolean exact;

    /** How turns of different weights follow each other. */
    public enum Sequence {
        /** {@link LowDiscrepancy}: one atomic add and two reads whatever the weights. The default. */
        LOW_DISCREPANCY,
        /** {@link SmoothSequence}, nginx's: evenest, and O(n). */
        SMOOTH,
        /** {@link DeadlineSequence}, Envoy's earliest deadline first: O(log n). */
        EDF,
        /** {@link LevelSequence}, IPVS's bursts: O(n). */
        IPVS,
        /** {@link Stride}, grpc-java's: O(largest weight / mean). */
        STRIDE
    }

    /** By {@link Sequence#LOW_DISCREPANCY}. */
    public WeightedRoundRobin() {
        this(Sequence.LOW_DISCREPANCY);
    }

    /** By that sequence, which each thread that runs at once has a part of. */
    public WeightedRoundRobin(Sequence sequence) {
        this(sequence, false);
    }

    /** By that sequence, for all threads together or for each that runs at once. */
    public WeightedRoundRobin(Sequence sequence, boolean exact) {
        this.sequence = sequence;
        this.exact = exact;
    }

    @Override
    public String name() {
        return "weighted-round-robin";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("wrr");
    }

    @Override
    public Set<String> settings() {
        return Set.of(SEQUENCE, EXACT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new WeightedRoundRobin(settings.choice(SEQUENCE, sequence), settings.flag(EXACT, exact));
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        Stripes stripes = RoundRobin.Sequenced.after(input, exact);
        if (Weights.areEqual(input.endpoints())) {
            return new RoundRobin.Turns(endpoints, stripes);
        }
        return switch (sequence) {
            case LOW_DISCREPANCY -> new LowDiscrepancy(endpoints, stripes);
            case STRIDE -> new Stride(endpoints, Stride.scaled(Weights.of(input.endpoints())), stripes);
            case SMOOTH -> exact(input, endpoints, stripes, SmoothSequence.class, SmoothSequence::new);
            case EDF -> exact(input, endpoints, stripes, DeadlineSequence.class, DeadlineSequence::new);
            case IPVS -> exact(input, endpoints, stripes, LevelSequence.class, LevelSequence::new);
        };
    }

    private static ExactTurns exact(
            Input input,
            EndpointView[] endpoints,
            Stripes stripes,
            Class<? extends WeightedSequence> kind,
            Function<long[], WeightedSequence> anew) {
        long[] weights =
                kind == LevelSequence.class ? Weights.coarse(input.endpoints()) : Weights.whole(input.endpoints());
        WeightedSequence exact = input.previous() instanceof ExactTurns previous
                ? previous.continuedOver(endpoints, weights, kind)
                : null;
        if (exact == null) {
            exact = anew.apply(weights);
            int skipped = Draw.index(input.random().nextLong(), Math.min(MOST_SKIPPED, endpoints.length));
            for (int i = 0; i < skipped; i++) {
                exact.next();
            }
        }
        return new ExactTurns(endpoints, exact, new LowDiscrepancy(endpoints, stripes));
    }

    @Override
    public String toString() {
        return name() + "[" + PolicySettings.spelling(sequence) + ", exact " + exact + "]";
    }
}
