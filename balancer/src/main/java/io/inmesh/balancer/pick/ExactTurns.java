package io.inmesh.balancer.pick;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Walks along a sequence that only one thread can walk at a time, without ever waiting: a thread that finds another inside takes its turn
 * from a {@link LowDiscrepancy} sequence of the same weights. So every turn of a thread alone is exact, every share stays within the sum of
 * what the two sequences allow, and a thread that is paused inside holds up nobody.
 */
final class ExactTurns implements RoundRobin.Sequenced {
    private static final VarHandle WALKED;

    static {
        try {
            WALKED = MethodHandles.lookup().findVarHandle(ExactTurns.class, "walked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EndpointView[] endpoints;

    /** Touched by the thread that has set {@link #walked}. */
    private final WeightedSequence exact;

    private final LowDiscrepancy meanwhile;

    /** True while a thread is inside the exact sequence. Moved through WALKED. */
    @SuppressWarnings("UnusedVariable") // Read through WALKED alone, which the checker does not see.
    private volatile boolean walked;

    ExactTurns(EndpointView[] endpoints, WeightedSequence exact, LowDiscrepancy meanwhile) {
        this.endpoints = endpoints;
        this.exact = exact;
        this.meanwhile = meanwhile;
    }

    @Override
    public Choice choose(PickContext context) {
        if (!WALKED.compareAndSet(this, false, true)) {
            return meanwhile.choose(context);
        }
        int index = exact.next();
        walked = false;
        return endpoints[index];
    }

    /**
     * The exact sequence, continued over other endpoints; null if it is of another kind, or if somebody is inside just now: then a new one
     * begins, which loses a fraction of a turn for each endpoint. On the lane.
     */
    @Nullable
    WeightedSequence continuedOver(EndpointView[] next, long[] weights, Class<? extends WeightedSequence> kind) {
        if (!kind.isInstance(exact) || !WALKED.compareAndSet(this, false, true)) {
            return null;
        }
        IdentityHashMap<EndpointView, Integer> places = new IdentityHashMap<>();
        for (int i = 0; i < endpoints.length; i++) {
            places.put(endpoints[i], i);
        }
        int[] before = new int[next.length];
        for (int i = 0; i < next.length; i++) {
            before[i] = places.getOrDefault(next[i], -1);
        }
        WeightedSequence continued = exact.over(weights, before);
        walked = false;
        return continued;
    }

    @Override
    public Stripes sequence() {
        return meanwhile.sequence();
    }
}
