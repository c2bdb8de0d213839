package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.pick.Exclusion;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last answers of endpoints, the oldest first, and which of them is best. Belongs to one balancer and goes from picker to picker.
 *
 * <p>Threads: any. One at a time is inside; whoever finds another inside does without: an answer is dropped, for others come, and a request is
 * placed without the pool. Nobody waits.
 */
final class ProbePool {
    /** Answers from which the quantile is taken: enough to know 0.6 from 0.9, few enough to forget an hour ago. */
    private static final int RECENT = 64;

    private static final VarHandle ENTERED;

    static {
        try {
            ENTERED = MethodHandles.lookup().findVarHandle(ProbePool.class, "entered", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** True while a thread is inside. Moved through ENTERED. */
    @SuppressWarnings("UnusedVariable") // Read through ENTERED alone, which the checker does not see.
    private volatile boolean entered;

    // Touched inside alone.
    private final @Nullable EndpointView[] endpoints;
    private final int[] inFlight;
    private final double[] latencies;
    private final long[] moments;
    private final int[] uses;
    private int size;
    private boolean worstIsNext;

    /** The requests in flight of recent answers in order of arrival, and the same sorted. */
    private final int[] recent = new int[RECENT];

    private final int[] sorted = new int[RECENT];
    private int heard;

    /** Since when a request has been looking for answers while none came; meaningless unless {@link #waiting}. */
    private long waitingSinceNanos;

    private boolean waiting;

    /** Whose answers count. Written on the lane, read by whoever is inside. */
    private volatile Set<EndpointView> members = Set.of();

    /** Whose answers are kept: {@link #members} as they were when somebody last came in. Touched inside alone. */
    private Set<EndpointView> kept = Set.of();

    ProbePool(int most) {
        endpoints = new @Nullable EndpointView[most];
        inFlight = new int[most];
        latencies = new double[most];
        moments = new long[most];
        uses = new int[most];
    }

    /** Comes in, unless somebody is there. Whoever is inside finds answers of members alone. */
    boolean enter() {
        if (!ENTERED.compareAndSet(this, false, true)) {
            return false;
        }
        Set<EndpointView> now = members;
        if (now != kept) {
            kept = now;
            for (int i = size - 1; i >= 0; i--) {
                if (!now.contains(endpoints[i])) {
                    remove(i);
                }
            }
        }
        return true;
    }

    void leave() {
        entered = false;
    }

    /** From now on only these count. On the lane. What there is of others goes now, or, if somebody is inside, with the next who comes in. */
    void retain(Collection<EndpointView> now) {
        Set<EndpointView> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(now);
        members = set;
        if (enter()) {
            leave();
        }
    }

    /** Takes an answer in, unless it is no member's; of more than {@code most} the oldest gives way. */
    void add(EndpointView endpoint, int requests, double latency, long now, int usesLeft, int most) {
        if (!kept.contains(endpoint)) {
            return;
        }
        while (size >= most) {
            remove(0);
        }
        endpoints[size] = endpoint;
        inFlight[size] = requests;
        latencies[size] = latency;
        moments[size] = now;
        uses[size] = usesLeft;
        size++;
        waiting = false;
        hear(requests);
    }

    private void hear(int requests) {
        int count = Math.min(heard, RECENT);
        if (count == RECENT) {
            int gone = Arrays.binarySearch(sorted, 0, count, recent[heard % RECENT]);
            System.arraycopy(sorted, gone + 1, sorted, gone, count - gone - 1);
            count--;
        }
        int place = Arrays.binarySearch(sorted, 0, count, requests);
        place = place < 0 ? -place - 1 : place;
        System.arraycopy(sorted, place, sorted, place + 1, count - place);
        sorted[place] = requests;
        recent[heard % RECENT] = requests;
        heard = heard == 2 * RECENT - 1 ? RECENT : heard + 1;
    }

    /** What is not above this is cold. */
    int threshold(double quantile) {
        int count = Math.min(heard, RECENT);
        return count == 0 ? 0 : sorted[Math.min(count - 1, (int) (quantile * count))];
    }

    /** Forgets answers from before that moment. */
    void forgetBefore(long moment) {
        while (size > 0 && moments[0] - moment < 0) {
            remove(0);
        }
    }

    /** A request looks for answers: how long requests have done so while none came. Time without requests, in which nobody is asked, does not count. */
    long waitedNanos(long now) {
        if (!waiting) {
            waiting = true;
            waitingSinceNanos = now;
        }
        return now - waitingSinceNanos;
    }

    /** How many answers there are. */
    int size() {
        return size;
    }

    /**
     * Of the cold the quickest, else the one with the fewest requests; it counts one request more from now on, and goes once it is used up. Null
     * if all are excluded.
     */
    @Nullable
    EndpointView takeBest(int threshold, PickContext context, Exclusion exclusion) {
        int best = -1;
        for (int i = 0; i < size; i++) {
            if (exclusion == Exclusion.NONE || !exclusion.holds(context, Objects.requireNonNull(endpoints[i]))) {
                best = best < 0 || isBetter(i, best, threshold) ? i : best;
            }
        }
        return best < 0 ? null : take(best);
    }

    private boolean isBetter(int one, int other, int threshold) {
        boolean cold = inFlight[one] <= threshold;
        if (cold != inFlight[other] <= threshold) {
            return cold;
        }
        return cold ? latencies[one] < latencies[other] : inFlight[one] < inFlight[other];
    }

    private EndpointView take(int index) {
        EndpointView chosen = Objects.requireNonNull(endpoints[index]);
        inFlight[index]++;
        if (--uses[index] <= 0) {
            remove(index);
        }
        return chosen;
    }

    /** Throws one away: the worst, the next time the oldest, in turn. The worst is the hottest, or where none is hot the slowest. */
    void removeOne(int threshold) {
        if (size == 0) {
            return;
        }
        int worst = 0;
        if (worstIsNext) {
            for (int i = 1; i < size; i++) {
                worst = isWorse(i, worst, threshold) ? i : worst;
            }
        }
        worstIsNext = !worstIsNext;
        remove(worst);
    }

    private boolean isWorse(int one, int other, int threshold) {
        boolean hot = inFlight[one] > threshold;
        if (hot != inFlight[other] > threshold) {
            return hot;
        }
        return hot ? inFlight[one] > inFlight[other] : latencies[one] > latencies[other];
    }

    private void remove(int index) {
        int behind = size - index - 1;
        System.arraycopy(endpoints, index + 1, endpoints, index, behind);
        System.arraycopy(inFlight, index + 1, inFlight, index, behind);
        System.arraycopy(latencies, index + 1, latencies, index, behind);
        System.arraycopy(moments, index + 1, moments, index, behind);
        System.arraycopy(uses, index + 1, uses, index, behind);
        size--;
        endpoints[size] = null;
    }
}
