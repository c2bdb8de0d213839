package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.Weights;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The same key to the same endpoint over a Maglev table ({@link MaglevTable}): the hash policy for any number of endpoints. {@code table: ipvs}
 * has the size and the turns of {@code mh} in IPVS (Linux {@code ip_vs_mh.c}); hashes are ours, since theirs are keyed at boot.
 *
 * <p>Cost: a hash of the key, a division and one read per pick; a rebuild fills 65537 slots in about 2 ms, or, above 655 endpoints, 655373 in
 * about 20 ms, so that no endpoint's share is off by more than a hundredth.
 *
 * <p>When one of n endpoints leaves, its keys move and about half a percent of the others; when the number of endpoints passes 655 the
 * table is another one and nearly all keys move, unless {@code size} is set.
 */
public final class DestinationHash implements PickerFactory {
    private static final String NAME = "destination-hash";
    private static final String TABLE = "table";
    private static final String SIZE = "size";

    private static final int USUAL_SIZE = 65_537;
    private static final int LARGE_SIZE = 655_373;
    private static final int IPVS_SIZE = 4_093;
    private static final int LARGEST_SIZE = 5_000_011;

    /** Slots that each endpoint should have for shares to be even to a hundredth. */
    private static final int SLOTS_EACH = 100;

    private final Table table;
    private final int size;
    private final double loadFactor;

    /** How the table is filled. */
    public enum Table {
        /** As the paper and Envoy do. */
        MAGLEV,
        /** As IPVS does. */
        IPVS
    }

    /** As the paper says, sized by the number of endpoints, without bounded loads. */
    public DestinationHash() {
        this(Table.MAGLEV, 0, HashTables.UNBOUNDED);
    }

    /**
     * With every setting.
     *
     * @param size a prime, or 0 for what suits the table and the number of endpoints
     * @param loadFactor what an endpoint may carry as against its fair share, 1 or more, or 0 for any load
     */
    public DestinationHash(Table table, int size, double loadFactor) {
        PolicySettings.check(NAME, SIZE, size, 0, LARGEST_SIZE);
        HashTables.check(NAME, loadFactor);
        if (size != 0 && !MaglevTable.isPrime(size)) {
            throw new IllegalArgumentException("destination-hash.size: " + size
                    + " (expected: a prime such as 4093, 65537 or 655373, a hundred times as many as endpoints)");
        }
        this.table = table;
        this.size = size;
        this.loadFactor = loadFactor;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> aliases() {
        return Set.of("maglev", "mh");
    }

    @Override
    public Set<String> settings() {
        return Set.of(TABLE, SIZE, HashTables.LOAD_FACTOR);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new DestinationHash(
                settings.choice(TABLE, table),
                settings.whole(SIZE, size, 0, LARGEST_SIZE),
                HashTables.loadFactor(settings, loadFactor));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        int slots = size == 0 ? suitable(input.endpoints().size()) : size;
        MaglevTable filling = MaglevTable.of(slots, Keys.of(input.endpoints(), 0), Keys.of(input.endpoints(), 1));
        int[] owners = table == Table.MAGLEV
                ? filling.fillByTarget(Weights.of(input.endpoints()))
                : filling.fillByTurns(ipvsTurns(Weights.whole(input.endpoints()), slots));
        return HashTables.picker(input, new Slots(owners), loadFactor);
    }

    private int suitable(int endpoints) {
        if (table == Table.IPVS) {
            return IPVS_SIZE;
        }
        return endpoints <= USUAL_SIZE / SLOTS_EACH ? USUAL_SIZE : LARGE_SIZE;
    }

    /** Turns in a row for each endpoint: its weight without the common divisor, and without the low bits that would fill the table in one round. */
    static int[] ipvsTurns(long[] weights, int size) {
        long heaviest = Arrays.stream(weights).max().orElseThrow();
        int tableBits = Integer.SIZE - Integer.numberOfLeadingZeros(size);
        int weightBits = Long.SIZE - Long.numberOfLeadingZeros(heaviest);
        int shift = Math.max(0, weightBits - tableBits / 2);
        return Arrays.stream(weights)
                .mapToInt(weight -> (int) Math.max(1, weight >> shift))
                .toArray();
    }

    @Override
    public String toString() {
        return name() + "[" + PolicySettings.spelling(table) + ", size " + (size == 0 ? "auto" : size)
                + ", load-factor " + loadFactor + "]";
    }
}
