package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import java.util.Arrays;

/**
 * Static stride scheduling, as grpc-java's {@code weighted_round_robin} does it: turns go round over all endpoints; in generation g an endpoint
 * of weight w takes its turn if w * g has just passed a multiple of the largest weight, else the turn goes on to the next.
 *
 * <p>Weights are brought into [0.1, 10] times their mean and scaled so that the largest is 65535. Each endpoint has a phase of its own, or the
 * heavy ones would come in step.
 *
 * <p>Cost: no lock; as many atomic adds as the largest weight is times the mean: 2 for mixed weights, up to 10 where one is a giant. That is
 * what {@link LowDiscrepancy} does better.
 */
final class Stride implements RoundRobin.Sequenced {
    static final int MAX_WEIGHT = 65_535;

    private static final double LEAST_SHARE = 0.1;
    private static final double MOST_SHARE = 10;

    private final EndpointView[] endpoints;
    private final int[] weights;
    private final int max;
    private final int phase;
    private final Stripes sequence;

    /** With the phase that grpc-java uses: half of the largest weight more for each endpoint. */
    Stride(EndpointView[] endpoints, int[] weights, Stripes sequence) {
        this(endpoints, weights, MAX_WEIGHT, MAX_WEIGHT / 2, sequence);
    }

    Stride(EndpointView[] endpoints, int[] weights, int max, int phase, Stripes sequence) {
        this.endpoints = endpoints;
        this.weights = weights;
        this.max = max;
        this.phase = phase;
        this.sequence = sequence;
    }

    /** Weights as the sequence needs them; one that is 0, which is unknown, counts as the mean of the others. */
    static int[] scaled(double[] weights) {
        double mean =
                Arrays.stream(weights).filter(weight -> weight > 0).average().orElse(1);
        double most = Arrays.stream(weights).max().orElseThrow();
        double largest = most > 0 ? Math.min(most, MOST_SHARE * mean) : mean;
        return Arrays.stream(weights)
                .mapToInt(weight -> {
                    double known = weight > 0 ? weight : mean;
                    double within = Math.min(largest, Math.max(LEAST_SHARE * mean, known));
                    return (int) Math.round(within / largest * MAX_WEIGHT);
                })
                .toArray();
    }

    @Override
    public Choice choose(PickContext context) {
        while (true) {
            int index = takenAt(sequence.getAndAdd(1));
            if (index >= 0) {
                return endpoints[index];
            }
        }
    }

    /** Whose turn that is, or -1 if the endpoint on turn lets it pass. */
    int takenAt(long turn) {
        int index = (int) Long.remainderUnsigned(turn, weights.length);
        long generation = Long.divideUnsigned(turn, weights.length) % max;
        long weight = weights[index];
        return (weight * generation + (long) phase * index) % max >= max - weight ? index : -1;
    }

    @Override
    public Stripes sequence() {
        return sequence;
    }
}
