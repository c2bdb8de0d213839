package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import java.math.BigInteger;

/**
 * Weighted turns without a lock. Every endpoint owns an interval of the circle [0, 2^64) as wide as its share; each turn moves
 * 2^64 divided by the golden ratio further, and whoever owns that place is chosen. Steps of the golden ratio visit every interval as
 * evenly as any sequence of fixed steps can (Weyl; the gaps between two turns of one endpoint take at most three values, the largest
 * being the sum of the others), so no endpoint gets its share in bursts.
 *
 * <p>Cost: one atomic add and about two reads, whatever the weights: a guide table of 2n slots says where to begin the search, and as
 * there are twice as many slots as intervals, the search takes half a step on average. Immutable but for the sequence.
 */
final class LowDiscrepancy implements RoundRobin.Sequenced {
    /** Weights are whole numbers after scaling by this; fractions finer than a millionth of a weight are rounding noise. */
    private static final double SCALE = 0x1p20;

    private final EndpointView[] endpoints;
    private final Stripes sequence;

    /** Where the interval of each endpoint ends, unsigned, the last one excepted: it ends at 2^64. */
    private final long[] ends;

    private final int[] guide;

    LowDiscrepancy(EndpointView[] endpoints, Stripes sequence) {
        this.endpoints = endpoints;
        this.sequence = sequence;
        this.ends = ends(endpoints);
        this.guide = guide(ends);
    }

    private static long[] ends(EndpointView[] endpoints) {
        long total = 0;
        long[] upTo = new long[endpoints.length];
        for (int i = 0; i < endpoints.length; i++) {
            total += Math.max(1, Math.round(endpoints[i].weight() * SCALE));
            upTo[i] = total;
        }
        BigInteger circle = BigInteger.ONE.shiftLeft(64);
        long[] ends = new long[endpoints.length - 1];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = circle.multiply(BigInteger.valueOf(upTo[i]))
                    .divide(BigInteger.valueOf(total))
                    .longValue();
        }
        return ends;
    }

    /** For each of 2n equal slots of the circle, the endpoint that owns its beginning. */
    private static int[] guide(long[] ends) {
        int[] guide = new int[2 * (ends.length + 1)];
        BigInteger circle = BigInteger.ONE.shiftLeft(64);
        int owner = 0;
        for (int slot = 0; slot < guide.length; slot++) {
            // Rounded up: the first place whose slot, found by multiplying and keeping the high half, is this one.
            long begin = circle.multiply(BigInteger.valueOf(slot))
                    .add(BigInteger.valueOf(guide.length - 1L))
                    .divide(BigInteger.valueOf(guide.length))
                    .longValue();
            while (owner < ends.length && Long.compareUnsigned(begin, ends[owner]) >= 0) {
                owner++;
            }
            guide[slot] = owner;
        }
        return guide;
    }

    @Override
    public Choice choose(PickContext context) {
        return endpoints[ownerOf(sequence.getAndAdd(Stripes.GOLDEN_GAMMA))];
    }

    int ownerOf(long place) {
        int owner = guide[Draw.index(place, guide.length)];
        while (owner < ends.length && Long.compareUnsigned(place, ends[owner]) >= 0) {
            owner++;
        }
        return owner;
    }

    @Override
    public Stripes sequence() {
        return sequence;
    }
}
