package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import io.inmesh.balancer.pick.Weights;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam: arXiv 1608.01350) over any hash table: an endpoint takes requests
 * up to {@code factor} times its fair share of all that are in flight; what is beyond goes to the next candidate. Candidates follow in an order
 * that is the key's own, so that a hot key's overflow spreads instead of drowning one neighbour (Envoy; Chen, Coleman, Shrivastava: arXiv
 * 1908.08762).
 *
 * <p>Cost: one read where the owner is idle; else the requests in flight of all endpoints are summed up, for larger sets not on every pick (see
 * {@link #total}); candidates beyond the owner are rare. Nothing is allocated.
 */
final class Bounds implements Excluding {
    /** The most counters read per pick, on the average, to know the sum. */
    private static final int READS = 64;

    /** A sum is taken anew after this however few picks it has served: requests may have ended meanwhile, of which nothing is heard here. */
    private static final long OLDEST_NANOS = Duration.ofMillis(1).toNanos();

    private final EndpointView[] endpoints;
    private final double[] shares;
    private final Owners owners;
    private final double factor;
    private final RandomGenerator random;
    private final NanoClock clock;

    // The last sum, how many picks it still serves, and when it was taken. Written and read by every pick without
    // order:
    // two threads may sum up at once or one pick too late, which makes the sum a pick older and nothing worse.
    private long total;
    private int fresh;
    private long summedNanos;

    /**
     * Over these.
     *
     * @param factor how much more than its fair share an endpoint may have, 1 or more
     */
    Bounds(List<EndpointView> endpoints, Owners owners, double factor, NanoClock clock, RandomGenerator random) {
        this.endpoints = endpoints.toArray(EndpointView[]::new);
        this.shares = Weights.of(endpoints);
        double sum = 0;
        for (double weight : shares) {
            sum += weight;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        this.owners = owners;
        this.factor = factor;
        this.clock = clock;
        this.random = random;
    }

    /**
     * How many requests an endpoint may have.
     *
     * @param active requests in flight on all endpoints
     * @param share the endpoint's part of all weight
     */
    static int cap(long active, double factor, double share) {
        // A share such as 1/3 is a little less than it is; the sum times it must not round up for that, nor down.
        double fair = Math.ceil((active + 1) * factor) * share;
        return (int) Math.max(1, Math.ceil(fair - 1e-9));
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        long hash = Keys.of(context, random);
        int owner = owners.owner(hash);
        boolean all = exclusion == Exclusion.NONE;
        if (endpoints[owner].inFlight() <= 1 && (all || !exclusion.holds(context, endpoints[owner]))) {
            return endpoints[owner]; // Every cap is 1 or more.
        }
        long active = total();
        int n = endpoints.length;
        int stride = stride(hash, n);
        int index = owner;
        int least = -1;
        double leastRatio = Double.POSITIVE_INFINITY;
        for (int i = 0; i <= n; i++) {
            EndpointView candidate = endpoints[index];
            if (all || !exclusion.holds(context, candidate)) {
                double ratio = (double) candidate.inFlight() / cap(active, factor, shares[index]);
                if (ratio <= 1) {
                    return candidate;
                }
                if (ratio < leastRatio) {
                    least = index;
                    leastRatio = ratio;
                }
            }
            // The owner first, then all in an order of the key's own; the owner comes by once more, as full as before.
            index = i == 0 ? Draw.index(Keys.other(hash), n) : (index + stride) % n;
        }
        return endpoints[least < 0 ? owner : least];
    }

    /** A step that visits every index before any twice: one that has no divisor in common with their number. */
    private static int stride(long hash, int n) {
        int stride = 1 + Draw.index(Keys.other(Keys.other(hash)), Math.max(1, n - 1));
        while (Weights.greatestCommonDivisor(n, stride) != 1) {
            stride++;
        }
        return stride;
    }

    /**
     * Requests in flight on all. Up to {@value #READS} endpoints it is exact; above, a sum serves for a millisecond, and for no more picks than keep
     * the reads at that number: for 1000 endpoints 15 picks, which raise it by 15 and so each cap by 2 % of a request.
     */
    private long total() {
        if (endpoints.length <= READS) {
            return sum();
        }
        long now = clock.nanoTime();
        if (fresh > 0 && now - summedNanos < OLDEST_NANOS) {
            fresh--;
            return total;
        }
        total = sum();
        fresh = (endpoints.length - 1) / READS;
        summedNanos = now;
        return total;
    }

    private long sum() {
        long sum = 0;
        for (EndpointView endpoint : endpoints) {
            sum += endpoint.inFlight();
        }
        return sum;
    }
}
