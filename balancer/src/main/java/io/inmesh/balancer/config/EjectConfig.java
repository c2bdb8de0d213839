package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether endpoints whose requests fail are left out for a while. Keys {@code eject.*}.
 *
 * <p>A user's requests are all there is to go by: no request is made for it. What speaks against an endpoint is in {@link EjectRows} and
 * {@link EjectRates}, how it comes back in {@link EjectReturn}.
 *
 * @param enabled default true
 * @param interval how often rates are looked at; at least 100 ms, default 10 s
 * @param maxPercent with so many percent of the endpoints out no other is ejected, so that one more may be; 1 to 100, default 10. The last one
 *     never is
 * @param rows failures in a row
 * @param rates shares of failures
 * @param back how it comes back
 */
public record EjectConfig(
        boolean enabled, Duration interval, int maxPercent, EjectRows rows, EjectRates rates, EjectReturn back) {

    // Before the default, which is held against it.
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);
    private static final Duration MOST_INTERVAL = Duration.ofDays(1);

    /** Services of two endpoints and more are watched for failures in a row, those of five and more for rates. */
    public static final EjectConfig DEFAULT = new EjectConfig(
            true, Duration.ofSeconds(10), 10, EjectRows.DEFAULT, EjectRates.DEFAULT, EjectReturn.DEFAULT);

    /** The room's name, before each of its keys. */
    static final String ROOM = "eject";

    private static final String ENABLED = "enabled";
    private static final String INTERVAL = "interval";
    private static final String MAX_PERCENT = "max-percent";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = keys();

    /** Checks the ranges, and that something is watched. */
    public EjectConfig {
        if (interval.compareTo(LEAST_INTERVAL) < 0 || interval.compareTo(MOST_INTERVAL) > 0) {
            throw new IllegalArgumentException(
                    ROOM + "." + INTERVAL + ": " + interval + " (expected: a time from 100ms to 24h)");
        }
        Ranges.check(ROOM, MAX_PERCENT, maxPercent, 1, 100);
        if (enabled && !rows.isOn() && !rates.isOn()) {
            throw new IllegalArgumentException(ROOM + "." + ENABLED + ": true, with every rule off (expected: one of "
                    + ROOM + ".consecutive, " + ROOM + ".consecutive-gateway, " + ROOM + ".success-rate-factor and "
                    + ROOM + ".failure-percent above 0, or " + ROOM + "." + ENABLED + "=false)");
        }
    }

    /** Reads what is said, the defaults for the rest. */
    static EjectConfig of(PolicySettings said) {
        return new EjectConfig(
                said.flag(ENABLED, DEFAULT.enabled),
                said.duration(INTERVAL, DEFAULT.interval),
                said.whole(MAX_PERCENT, DEFAULT.maxPercent, 1, 100),
                EjectRows.of(said),
                EjectRates.of(said),
                EjectReturn.of(said));
    }

    private static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of(ENABLED, INTERVAL, MAX_PERCENT));
        keys.addAll(EjectRows.KEYS);
        keys.addAll(EjectRates.KEYS);
        keys.addAll(EjectReturn.KEYS);
        return List.copyOf(keys);
    }
}
