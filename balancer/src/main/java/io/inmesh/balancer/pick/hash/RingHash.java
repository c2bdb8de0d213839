package io.inmesh.balancer.pick.hash;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.Weights;
import java.util.Map;
import java.util.Set;

/**
 * The same key to the same endpoint over a {@link Ring}. An endpoint that leaves gives its keys to the others and changes nothing else; one
 * that comes only takes. Above a thousand endpoints {@code destination-hash} builds quicker and spreads more evenly.
 *
 * <p>Cost: a hash of the key and two or three reads per pick; a rebuild sorts 128 points for each unit of weight.
 */
public final class RingHash implements PickerFactory {
    private static final String NAME = "ring-hash";
    private static final String SIZING = "sizing";
    private static final String LEAST = "min-size";
    private static final String MOST = "max-size";

    /** gRPC's default; a larger ring is capped there too. */
    private static final int DEFAULT_LEAST = 1024;

    private static final int DEFAULT_MOST = 4096;

    /** xDS allows no larger one. */
    private static final int HARD_CAP = 8_388_608;

    private final RingSizing sizing;
    private final int least;
    private final int most;
    private final double loadFactor;

    /** With points of a fixed number, without bounded loads. */
    public RingHash() {
        this(RingSizing.FIXED, DEFAULT_LEAST, DEFAULT_MOST, HashTables.UNBOUNDED);
    }

    /**
     * With every setting.
     *
     * @param least least number of points under {@link RingSizing#XDS}
     * @param most largest number of points under it
     * @param loadFactor what an endpoint may carry as against its fair share, 1 or more, or 0 for any load
     */
    public RingHash(RingSizing sizing, int least, int most, double loadFactor) {
        PolicySettings.check(NAME, LEAST, least, 1, HARD_CAP);
        PolicySettings.check(NAME, MOST, most, 1, HARD_CAP);
        HashTables.check(NAME, loadFactor);
        if (least > most) {
            throw new IllegalArgumentException(
                    "ring-hash.min-size: " + least + " (expected: no more than ring-hash.max-size, " + most + ")");
        }
        this.sizing = sizing;
        this.least = least;
        this.most = most;
        this.loadFactor = loadFactor;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> settings() {
        return Set.of(SIZING, LEAST, MOST, HashTables.LOAD_FACTOR);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new RingHash(
                settings.choice(SIZING, sizing),
                settings.whole(LEAST, least, 1, HARD_CAP),
                settings.whole(MOST, most, 1, HARD_CAP),
                HashTables.loadFactor(settings, loadFactor));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        String[] keys = input.endpoints().stream()
                .map(endpoint -> endpoint.endpoint().hashKey())
                .toArray(String[]::new);
        int[] counts = sizing == RingSizing.FIXED
                ? RingSizing.fixed(Weights.of(input.endpoints()))
                : RingSizing.xds(Weights.of(input.endpoints()), least, most);
        return HashTables.picker(input, new Ring(keys, counts), loadFactor);
    }

    @Override
    public String toString() {
        return name() + "[" + PolicySettings.spelling(sizing) + ", " + least + " to " + most + ", load-factor "
                + loadFactor + "]";
    }
}
