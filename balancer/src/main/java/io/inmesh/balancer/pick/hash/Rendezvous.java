package io.inmesh.balancer.pick.hash;

import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.Exclusion;
import io.inmesh.balancer.pick.SplitMix64;
import io.inmesh.balancer.pick.Weights;
import java.util.Map;
import java.util.Set;

/**
 * The same key to the same endpoint by rendezvous, or highest random weight (Thaler, Ravishankar: A Name-Based Mapping Scheme for Rendezvous,
 * 1996): the key scores every endpoint, the highest score wins. Where weights differ, scores are {@code -w / ln(u)} (Schindelhauer, Schomaker,
 * 2005), which gives shares in exact proportion.
 *
 * <p>Nothing is built, and disruption is least in the strict sense: only keys of an endpoint that leaves move, and only to an endpoint that came
 * or gained weight.
 *
 * <p>Cost: a score for every endpoint per pick, about two nanoseconds, ten times that where weights differ. Sensible up to some 64
 * endpoints; {@code destination-hash} costs the same at any number.
 */
public final class Rendezvous implements PickerFactory {
    private static final String NAME = "rendezvous";

    private final double loadFactor;

    /** Without bounded loads. */
    public Rendezvous() {
        this(HashTables.UNBOUNDED);
    }

    /** With loads bounded to that factor of the fair share, 1 or more, or 0 for any load. */
    public Rendezvous(double loadFactor) {
        HashTables.check(NAME, loadFactor);
        this.loadFactor = loadFactor;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> aliases() {
        return Set.of("hrw");
    }

    @Override
    public Set<String> settings() {
        return Set.of(HashTables.LOAD_FACTOR);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new Rendezvous(HashTables.loadFactor(new PolicySettings(name(), values), loadFactor));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        long[] hashes = Keys.of(input.endpoints(), 0);
        Owners owners = Weights.areEqual(input.endpoints())
                ? new Equal(hashes)
                : new Weighted(hashes, Weights.of(input.endpoints()));
        return HashTables.picker(input, owners, loadFactor);
    }

    private static long score(long key, long endpoint) {
        return SplitMix64.mix(key ^ endpoint);
    }

    private static final class Equal implements Owners {
        private final long[] hashes;

        private Equal(long[] hashes) {
            this.hashes = hashes;
        }

        @Override
        public int owner(long hash) {
            int best = 0;
            long highest = score(hash, hashes[0]);
            for (int i = 1; i < hashes.length; i++) {
                long score = score(hash, hashes[i]);
                if (Long.compareUnsigned(score, highest) > 0) {
                    best = i;
                    highest = score;
                }
            }
            return best;
        }

        @Override
        public int next(long hash, EndpointView[] endpoints, PickContext context, Exclusion exclusion) {
            int best = -1;
            long highest = 0;
            for (int i = 0; i < hashes.length; i++) {
                long score = score(hash, hashes[i]);
                if (!exclusion.holds(context, endpoints[i]) && (best < 0 || Long.compareUnsigned(score, highest) > 0)) {
                    best = i;
                    highest = score;
                }
            }
            return best;
        }
    }

    private static final class Weighted implements Owners {
        private final long[] hashes;
        private final double[] weights;

        private Weighted(long[] hashes, double[] weights) {
            this.hashes = hashes;
            this.weights = weights;
        }

        @Override
        public int owner(long hash) {
            int best = 0;
            double highest = score(hash, 0);
            for (int i = 1; i < hashes.length; i++) {
                double score = score(hash, i);
                if (score > highest) {
                    best = i;
                    highest = score;
                }
            }
            return best;
        }

        @Override
        public int next(long hash, EndpointView[] endpoints, PickContext context, Exclusion exclusion) {
            int best = -1;
            double highest = 0;
            for (int i = 0; i < hashes.length; i++) {
                double score = score(hash, i);
                if (!exclusion.holds(context, endpoints[i]) && (best < 0 || score > highest)) {
                    best = i;
                    highest = score;
                }
            }
            return best;
        }

        /** The 53 highest bits as a number strictly between 0 and 1, so that its logarithm is finite and below 0. */
        private double score(long hash, int index) {
            double u = ((Rendezvous.score(hash, hashes[index]) >>> 11) + 0.5) * 0x1p-53;
            return -weights[index] / Math.log(u);
        }
    }

    @Override
    public String toString() {
        return name() + "[load-factor " + loadFactor + "]";
    }
}
