package io.inmesh.balancer.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether endpoints near the caller are preferred. Keys {@code locality.*}.
 *
 * @param mode how; {@link Mode#OFF} by default, and then Kubernetes' own rules (traffic policies, hints) are all there is
 * @param strict {@link Mode#NODE}: no endpoint of another node is ever picked; default false
 * @param spillFactor {@link Mode#NODE}: requests leave the near ones when each of them has more than this many times as many in flight as each of
 *     the next nearest, and one more; default 2, 0 = never
 * @param weights {@link Mode#WEIGHTED}: the weight of each zone, written {@code zone-a=3,zone-b=1}; 1 for those that are not named
 * @param minEndpoints {@link Mode#ZONE_AWARE}: with fewer healthy endpoints zones are not looked at; default 6
 * @param enabledPercent {@link Mode#ZONE_AWARE}: the percentage of requests that look at zones; default 100
 */
public record LocalityConfig(
        Mode mode,
        boolean strict,
        double spillFactor,
        Map<String, Integer> weights,
        int minEndpoints,
        int enabledPercent) {

    /** Places do not matter. */
    public static final LocalityConfig OFF = new LocalityConfig(Mode.OFF, false, 2, Map.of(), 6, 100);

    /** The room's name, before each of its keys. */
    static final String ROOM = "locality";

    /** Key of {@link #mode}, without the room's name. */
    static final String MODE = "mode";

    private static final String STRICT = "strict";
    private static final String SPILL_FACTOR = "spill-factor";
    private static final String WEIGHTS = "weights";
    private static final String MIN_ENDPOINTS = "min-endpoints";
    private static final String ENABLED_PERCENT = "enabled-percent";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE, STRICT, SPILL_FACTOR, WEIGHTS, MIN_ENDPOINTS, ENABLED_PERCENT);

    private static final int MOST_SPILL = 1_000;
    private static final int MOST_WEIGHT = 1 << 20;

    /** How places matter. */
    public enum Mode {
        /** Not at all. */
        OFF,
        /** First the endpoints on the caller's node, then those in its zone, then all. */
        NODE,
        /** As many requests stay in the caller's zone as its endpoints can take if callers everywhere do the same. */
        ZONE_AWARE,
        /** By weights that are given to zones. */
        WEIGHTED
    }

    /** Checks the ranges. */
    public LocalityConfig {
        weights = Map.copyOf(weights);
        Ranges.check(ROOM, SPILL_FACTOR, spillFactor, 0, MOST_SPILL);
        Ranges.check(ROOM, MIN_ENDPOINTS, minEndpoints, 1, Integer.MAX_VALUE);
        Ranges.check(ROOM, ENABLED_PERCENT, enabledPercent, 0, 100);
        weights.forEach((zone, weight) -> Ranges.check(ROOM, WEIGHTS + " of " + zone, weight, 0, MOST_WEIGHT));
    }

    /** Reads what is said, the defaults for the rest; {@code nodeLocal} makes {@link Mode#NODE} the default. */
    static LocalityConfig of(PolicySettings said, boolean nodeLocal) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        said.pairs(WEIGHTS).forEach((zone, text) -> weights.put(zone, said.wholeOf(WEIGHTS, text, 0, MOST_WEIGHT)));
        return new LocalityConfig(
                said.choice(MODE, nodeLocal ? Mode.NODE : OFF.mode),
                said.flag(STRICT, OFF.strict),
                said.number(SPILL_FACTOR, OFF.spillFactor, 0, MOST_SPILL),
                weights,
                said.whole(MIN_ENDPOINTS, OFF.minEndpoints, 1, Integer.MAX_VALUE),
                said.whole(ENABLED_PERCENT, OFF.enabledPercent, 0, 100));
    }
}
