package io.inmesh.balancer.pick.load;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.Verdict;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.AliasTable;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.SplitMix64;
import io.inmesh.balancer.pick.Stripes;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws d different endpoints and takes the one with the least load per weight; of equals, the one drawn first. Where some are ejected and used
 * nevertheless, in a panic, one that is not comes before one that is, whatever they carry (as in Finagle): failing fast keeps load low.
 *
 * <p>One draw of chance seeds a row of numbers; a number that gives an endpoint drawn before is passed over. Earlier ones are not
 * remembered but drawn again, which for ten at most is quicker than any set and allocates nothing. Where weights differ, endpoints are
 * drawn in proportion to weight.
 *
 * <p>Cost: O(d^2) multiplications and d reads of counters, one atomic add.
 */
final class FewestOf implements Picker {
    /** Draws made for each different endpoint wanted, before fewer have to do: all ten of ten are found so with 99.8 %. */
    private static final int DRAWS_EACH = 8;

    /** The same where weights differ: a giant among dwarfs is drawn again and again, however often one tries. */
    private static final int WEIGHTED_DRAWS_EACH = 4;

    private final EndpointView[] endpoints;
    private final double[] weights;
    private final @Nullable AliasTable table;
    private final boolean @Nullable [] ejected;
    private final int wanted;
    private final int draws;
    private final Load load;
    private final boolean idleWins;
    private final @Nullable NanoClock clock;
    private final RandomGenerator random;

    /**
     * Over these.
     *
     * @param weights one for each endpoint, above 0; what loads are divided by
     * @param table draws in proportion to weight, or null to draw uniformly
     * @param wanted how many are drawn, at least 1
     * @param idleWins whether an endpoint without requests is taken at once, however heavy another
     * @param clock where the load is one that ages, else null
     */
    FewestOf(
            EndpointView[] endpoints,
            double[] weights,
            @Nullable AliasTable table,
            int wanted,
            Load load,
            boolean idleWins,
            @Nullable NanoClock clock,
            RandomGenerator random) {
        this.endpoints = endpoints;
        this.weights = weights;
        this.table = table;
        this.ejected = areOfOneKind(endpoints) ? null : ejected(endpoints);
        this.wanted = Math.min(wanted, endpoints.length);
        this.draws = this.wanted * (table == null ? DRAWS_EACH : WEIGHTED_DRAWS_EACH);
        this.load = load;
        this.idleWins = idleWins;
        this.clock = clock;
        this.random = random;
    }

    /** True if all are ejected or none is, so that health decides nothing. */
    static boolean areOfOneKind(EndpointView[] endpoints) {
        for (EndpointView endpoint : endpoints) {
            if (isEjected(endpoint) != isEjected(endpoints[0])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEjected(EndpointView endpoint) {
        return endpoint.verdict().kind() == Verdict.Kind.EJECTED;
    }

    private static boolean[] ejected(EndpointView[] endpoints) {
        boolean[] ejected = new boolean[endpoints.length];
        for (int i = 0; i < ejected.length; i++) {
            ejected[i] = isEjected(endpoints[i]);
        }
        return ejected;
    }

    @Override
    public Choice choose(PickContext context) {
        long seed = random.nextLong();
        long now = clock == null ? 0 : clock.nanoTime();
        int best = drawn(seed, 0);
        double least = load.of(endpoints[best], now);
        int found = 1;
        for (int draw = 1; found < wanted && draw < draws; draw++) {
            if (isIdleWinner(best)) {
                return endpoints[best];
            }
            int index = drawn(seed, draw);
            if (isNew(index, seed, draw)) {
                found++;
                double carried = load.of(endpoints[index], now);
                if (isBetter(index, carried, best, least)) {
                    best = index;
                    least = carried;
                }
            }
        }
        return endpoints[found == 1 && wanted > 1 ? lesser(best, now, least) : best];
    }

    /** A giant was drawn each time: it is compared with its neighbour, for the worst endpoint must never be sure of its choice. */
    private int lesser(int drawn, long now, double carried) {
        int neighbour = drawn == endpoints.length - 1 ? 0 : drawn + 1;
        return isLess(neighbour, load.of(endpoints[neighbour], now), drawn, carried) ? neighbour : drawn;
    }

    private boolean isBetter(int one, double carried, int other, double least) {
        return isLess(one, carried, other, least) || isIdleWinner(one);
    }

    private boolean isIdleWinner(int index) {
        return idleWins && (ejected == null || !ejected[index]) && endpoints[index].inFlight() == 0;
    }

    private boolean isLess(int one, double carried, int other, double least) {
        if (ejected != null && ejected[one] != ejected[other]) {
            return ejected[other];
        }
        return carried * weights[other] < least * weights[one];
    }

    private int drawn(long seed, int number) {
        long bits = SplitMix64.mix(seed + number * Stripes.GOLDEN_GAMMA);
        return table == null ? Draw.index(bits, endpoints.length) : table.draw(bits);
    }

    private boolean isNew(int index, long seed, int before) {
        for (int earlier = 0; earlier < before; earlier++) {
            if (drawn(seed, earlier) == index) {
                return false;
            }
        }
        return true;
    }
}
