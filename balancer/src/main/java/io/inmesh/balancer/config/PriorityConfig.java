package io.inmesh.balancer.config;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * Which zones are wanted first, and when the next take over. Keys {@code priority.*}.
 *
 * @param zones the zones in the order in which they are wanted, each entry one priority: a zone's name, several joined by {@code |}, {@code
 *     own} for the caller's, {@code *} for all that are named nowhere, which come last if it is not there; empty = all alike
 * @param mode when requests go to the next priority
 * @param overProvisioning the percentage of its endpoints that a priority could spare, added to 100: at 140, the default, one with 72 % of its
 *     endpoints healthy still takes everything
 * @param panicThreshold below this percentage of healthy endpoints a priority uses the unhealthy as well, if all priorities together cannot
 *     carry the load; default 50, 0 = never
 */
public record PriorityConfig(List<String> zones, Mode mode, int overProvisioning, int panicThreshold) {

    /** All zones alike. */
    public static final PriorityConfig DEFAULT = new PriorityConfig(List.of(), Mode.LOAD, 140, 50);

    /** The room's name, before each of its keys. */
    static final String ROOM = "priority";

    private static final String ZONES = "zones";
    private static final String MODE = "mode";
    private static final String OVER_PROVISIONING = "over-provisioning";
    private static final String PANIC_THRESHOLD = "panic-threshold";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(ZONES, MODE, OVER_PROVISIONING, PANIC_THRESHOLD);

    private static final String OWN = "own";
    private static final int MOST_PROVISIONING = 1_000;

    /** When requests go to the next priority. */
    public enum Mode {
        /** Bit by bit, as health falls (Envoy). */
        LOAD,
        /** All at once, when nothing healthy is left before it (gRFC A56). */
        FIRST
    }

    /** Checks the ranges and that no zone is named twice. */
    public PriorityConfig {
        zones = List.copyOf(zones);
        Ranges.check(ROOM, OVER_PROVISIONING, overProvisioning, 100, MOST_PROVISIONING);
        Ranges.check(ROOM, PANIC_THRESHOLD, panicThreshold, 0, 100);
        HashSet<String> seen = new HashSet<>();
        for (String entry : zones) {
            for (String zone : entry.split("\\|", -1)) {
                if (zone.isBlank() || !seen.add(zone.trim())) {
                    throw new IllegalArgumentException(
                            ROOM + "." + ZONES + ": '" + String.join(",", zones)
                                    + "' (expected: zones in the order in which they are wanted, each once, such as own,zone-b|zone-c,*)");
                }
            }
        }
    }

    /** True if the caller's own zone is among them. */
    public boolean namesOwn() {
        return zones.stream()
                .flatMap(entry -> Arrays.stream(entry.split("\\|")))
                .anyMatch(zone -> zone.trim().equals(OWN));
    }

    /** Reads what is said, the defaults for the rest. */
    static PriorityConfig of(PolicySettings said) {
        return new PriorityConfig(
                said.list(ZONES),
                said.choice(MODE, DEFAULT.mode),
                said.whole(OVER_PROVISIONING, DEFAULT.overProvisioning, 100, MOST_PROVISIONING),
                said.whole(PANIC_THRESHOLD, DEFAULT.panicThreshold, 0, 100));
    }
}
