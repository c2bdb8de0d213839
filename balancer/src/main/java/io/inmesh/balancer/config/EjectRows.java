package io.inmesh.balancer.config;

import java.util.List;

/**
 * What counts as a failure, and how many in a row eject an endpoint at once. Keys {@code eject.*}; 0 turns a rule off.
 *
 * @param consecutive of any kind, our own timeouts included; with {@code splitLocalOrigin} those of local origin are left out. Default 5
 * @param gateway because it cannot serve now (502, 503, 504, UNAVAILABLE). Default 0: they are among the others
 * @param splitLocalOrigin whether failures without any answer (connect, TLS, reset) are counted apart, in rows and rates. Default false
 * @param local without any answer, where these are counted apart. Default 5
 * @param overload whether an endpoint that says it has too much to do (429, RESOURCE_EXHAUSTED, pushback) has failed, in rows, rates and trials.
 *     Default false: that is no illness, and with fewer endpoints the others would have more to do
 */
public record EjectRows(int consecutive, int gateway, boolean splitLocalOrigin, int local, boolean overload) {

    /** Five of any kind. */
    public static final EjectRows DEFAULT = new EjectRows(5, 0, false, 5, false);

    private static final String CONSECUTIVE = "consecutive";
    private static final String GATEWAY = "consecutive-gateway";
    private static final String SPLIT = "split-local-origin";
    private static final String LOCAL = "consecutive-local";
    private static final String OVERLOAD = "overload";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(CONSECUTIVE, GATEWAY, SPLIT, LOCAL, OVERLOAD);

    private static final int MOST = 1_000_000;

    /** Checks the ranges. */
    public EjectRows {
        Ranges.check(EjectConfig.ROOM, CONSECUTIVE, consecutive, 0, MOST);
        Ranges.check(EjectConfig.ROOM, GATEWAY, gateway, 0, MOST);
        Ranges.check(EjectConfig.ROOM, LOCAL, local, 0, MOST);
    }

    /** True if a rule is on. */
    boolean isOn() {
        return consecutive > 0 || gateway > 0 || (splitLocalOrigin && local > 0);
    }

    /** Reads what is said, the defaults for the rest. */
    static EjectRows of(PolicySettings said) {
        boolean split = said.flag(SPLIT, DEFAULT.splitLocalOrigin);
        if (!split && said.values().containsKey(LOCAL)) {
            throw new IllegalArgumentException(EjectConfig.ROOM + "." + LOCAL + ": '"
                    + said.values().get(LOCAL) + "' (expected: " + EjectConfig.ROOM + "." + SPLIT
                    + "=true beside it, without which they are counted with the others)");
        }
        return new EjectRows(
                said.whole(CONSECUTIVE, DEFAULT.consecutive, 0, MOST),
                said.whole(GATEWAY, DEFAULT.gateway, 0, MOST),
                split,
                said.whole(LOCAL, DEFAULT.local, 0, MOST),
                said.flag(OVERLOAD, DEFAULT.overload));
    }
}
