package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Locality-based least connection, {@code lblc} and {@code lblcr} of IPVS (Linux {@code ip_vs_lblc.c}, {@code ip_vs_lblcr.c}): a key stays
 * where its data is cached until that endpoint is overloaded while another is half idle. {@code lblc} then moves the key; {@code lblcr} gives it
 * one endpoint more, and takes the busiest of them away once the key's endpoints have not changed for {@code expiration}.
 *
 * <p>Keys are remembered in a table of fixed size ({@link KeyTable}); it goes from picker to picker, without what belongs to endpoints that
 * have left. A key that nobody asked for in six minutes may lose its place to another; while no more than {@code entries} are in use, none does
 * otherwise. A request without a key, and a repeat, takes the least loaded and teaches nothing. An endpoint that has no room for a request
 * counts as overloaded.
 *
 * <p>Cost: a hash of the key and a few reads where the key is known and its endpoint not overloaded; else that of {@code wlc}, and one small
 * object for what is remembered.
 */
public final class CacheAffinity implements PickerFactory {
    private static final String EXPIRATION = "expiration";
    private static final String ENTRIES = "entries";
    private static final String TIES = "ties";

    private static final Duration DEFAULT_EXPIRATION = Duration.ofHours(24);
    private static final int DEFAULT_ENTRIES = 16_384;
    private static final int FEWEST_ENTRIES = 8;
    private static final int MOST_ENTRIES = 1 << 22;

    private final boolean replicated;
    private final Duration expiration;
    private final int entries;
    private final Ties ties;

    /** IPVS's numbers: a day, 16384 keys. */
    public CacheAffinity(boolean replicated) {
        this(replicated, DEFAULT_EXPIRATION, DEFAULT_ENTRIES, Ties.RANDOM);
    }

    /**
     * With every setting.
     *
     * @param replicated whether a key may have several endpoints
     * @param expiration after what time without a change the busiest of several is dropped; above zero, at most a year
     * @param entries how many keys in use keep their places, 8 to 2^22; up to eight times as many are remembered while there is room
     */
    public CacheAffinity(boolean replicated, Duration expiration, int entries, Ties ties) {
        PolicySettings.check(nameOf(replicated), EXPIRATION, expiration);
        PolicySettings.check(nameOf(replicated), ENTRIES, entries, FEWEST_ENTRIES, MOST_ENTRIES);
        this.replicated = replicated;
        this.expiration = expiration;
        this.entries = entries;
        this.ties = ties;
    }

    @Override
    public String name() {
        return nameOf(replicated);
    }

    private static String nameOf(boolean replicated) {
        return replicated ? "lblcr" : "lblc";
    }

    @Override
    public Set<String> settings() {
        return replicated ? Set.of(EXPIRATION, ENTRIES, TIES) : Set.of(ENTRIES, TIES);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new CacheAffinity(
                replicated,
                settings.duration(EXPIRATION, expiration),
                settings.whole(ENTRIES, entries, FEWEST_ENTRIES, MOST_ENTRIES),
                settings.choice(TIES, ties));
    }

    @Override
    public boolean followsKey() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        KeyTable table = input.previous() instanceof CacheAffinityPicker previous
                        && previous.table().holds(entries)
                ? previous.table()
                : new KeyTable(entries);
        table.retain(Set.of(endpoints));
        Picker leastLoaded = new LeastConnection(LeastConnection.Kind.WLC, false, ties).newPicker(input);
        return new CacheAffinityPicker(endpoints, table, leastLoaded, replicated, expiration.toNanos(), input.clock());
    }

    @Override
    public String toString() {
        return name() + "[expiration " + expiration + ", entries " + entries + "]";
    }
}
