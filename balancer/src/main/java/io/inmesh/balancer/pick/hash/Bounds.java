package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Weights;
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
final class Bounds implements Picker {
    /** The most counters read per pick, on the average, to know the sum. */
    private static final int READS = 64;

    private final EndpointView[] endpoints;
    private final double[] shares;
    private final Owners owners;
    private final double factor;
    private final RandomGenerator random;

    // The last sum, and how many picks it still serves. Written and read by every pick without order: two threads may
    // sum up at once or one pick too late, which makes the sum a pick older and nothing worse.
    private long total;
    private int fresh;

    /**
     * Over these.
     *
     * @param factor how much more than its fair share an endpoint may have, 1 or more
     */
    Bounds(List<EndpointView> endpoints, Owners owners, double factor, RandomGenerator random) {
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
    public Choice choose(PickContext context) {
        long hash = Keys.of(context, random);
        int owner = owners.owner(hash);
        boolean repeat = context.attempts() > 0;
        if (endpoints[owner].inFlight() <= 1 && !(repeat && context.hasTried(endpoints[owner].endpoint()))) {
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
            if (!(repeat && context.hasTried(candidate.endpoint()))) {
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
     * Requests in flight on all. Up to {@value #READS} endpoints it is exact; above, a sum serves as many picks as keep the reads at that
     * number: for 1000 endpoints 15 picks, which change it by 15 and so each cap by 2 % of a request.
     */
    private long total() {
        if (fresh > 0) {
            fresh--;
            return total;
        }
        long sum = 0;
        for (EndpointView endpoint : endpoints) {
            sum += endpoint.inFlight();
        }
        total = sum;
        fresh = (endpoints.length - 1) / READS;
        return sum;
    }
}
