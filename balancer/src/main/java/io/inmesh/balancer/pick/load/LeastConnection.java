package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.AliasTable;
import io.inmesh.balancer.pick.Weights;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The policies of IPVS that look for the least load: {@code lc}, {@code wlc}, {@code sed}, {@code nq} (Linux {@code ip_vs_lc.c}, {@code
 * ip_vs_wlc.c}, {@code ip_vs_sed.c}, {@code ip_vs_nq.c}).
 *
 * <p>Up to {@value #SCANNED} endpoints every one is looked at; above, two drawn ones are compared, unless {@code exact} says otherwise: a look
 * at 1000 endpoints takes about a microsecond. What is counted are this process' own requests: one of C clients sees 1/C of the load, so
 * with many clients a policy that reads latency or reports does better.
 */
public final class LeastConnection implements PickerFactory {
    /** The largest set that is looked at as a whole on every pick. */
    static final int SCANNED = 64;

    private static final String EXACT = "exact";
    private static final String TIES = "ties";
    private static final int DRAWN = 2;

    private final Kind kind;
    private final boolean exact;
    private final Ties ties;

    /** What is least. */
    public enum Kind {
        /**
         * Connections: active ones at 256, idle ones at 1, where an {@link EndpointView} tells of these; the doors of this library do not, so with them
         * requests in flight decide. Weights do not count.
         */
        LC("least-connection"),
        /** Connections per weight. */
        WLC("wlc"),
        /** Shortest expected delay: requests, the next one included, per weight. */
        SED("sed"),
        /** Never queue: an endpoint without requests at once, else the shortest expected delay. */
        NQ("nq");

        private final String policy;

        Kind(String policy) {
            this.policy = policy;
        }
    }

    /** Ties at random, and large sets sampled. */
    public LeastConnection(Kind kind) {
        this(kind, false, Ties.RANDOM);
    }

    /**
     * With every setting.
     *
     * @param exact whether every endpoint is looked at however many there are
     */
    public LeastConnection(Kind kind, boolean exact, Ties ties) {
        this.kind = kind;
        this.exact = exact;
        this.ties = ties;
    }

    @Override
    public String name() {
        return kind.policy;
    }

    @Override
    public Set<String> aliases() {
        return kind == Kind.LC ? Set.of("lc") : Set.of();
    }

    @Override
    public boolean readsWeights() {
        return kind != Kind.LC;
    }

    @Override
    public Set<String> settings() {
        return Set.of(EXACT, TIES);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new LeastConnection(kind, settings.flag(EXACT, exact), settings.choice(TIES, ties));
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        double[] weights = Weights.of(input.endpoints());
        if (kind == Kind.LC) {
            Arrays.fill(weights, 1);
        }
        Load load = kind == Kind.LC || kind == Kind.WLC ? Load.CONNECTIONS : Load.EXPECTED_DELAY;
        boolean idleWins = kind == Kind.NQ;
        if (exact || endpoints.length <= SCANNED) {
            return new LeastLoaded(endpoints, weights, load, idleWins, ties, input.random());
        }
        AliasTable table =
                kind == Kind.LC || Weights.areEqual(input.endpoints()) ? null : new AliasTable(input.endpoints());
        return new FewestOf(endpoints, weights, table, DRAWN, load, idleWins, null, input.random());
    }

    @Override
    public String toString() {
        return name() + "[exact " + exact + ", ties " + PolicySettings.spelling(ties) + "]";
    }
}
