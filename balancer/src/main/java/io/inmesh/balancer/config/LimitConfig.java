package io.inmesh.balancer.config;

import java.util.List;

/**
 * How many requests may run at once from this process. Keys {@code limit.*}; a request beyond is told so at once ({@code LIMITED}) and neither
 * waits nor is repeated. Choosing and beginning are two steps, and no request waits for another between them: so n threads that choose at the same moment
 * may exceed a limit by n - 1. Streams count as long as they run, so both are off by default.
 *
 * @param endpointInFlight on one endpoint of the service port; one that has so many is passed over while another has room. A client that stays with
 *     its endpoint ({@code affinity.mode} service) is passed on for that request; a session that has a token ({@code strong}) is not, for nobody
 *     else knows it. 0, the default, = any number
 * @param serviceInFlight on all endpoints of the service port together, of those who have this limit. 0, the default, = any number
 */
public record LimitConfig(int endpointInFlight, int serviceInFlight) {

    /** No limits. */
    public static final LimitConfig OFF = new LimitConfig(0, 0);

    /** The room's name, before each of its keys. */
    static final String ROOM = "limit";

    private static final String ENDPOINT = "endpoint-in-flight";
    private static final String SERVICE = "service-in-flight";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(ENDPOINT, SERVICE);

    /** Checks the ranges. */
    public LimitConfig {
        Ranges.check(ROOM, ENDPOINT, endpointInFlight, 0, Integer.MAX_VALUE);
        Ranges.check(ROOM, SERVICE, serviceInFlight, 0, Integer.MAX_VALUE);
    }

    /** Reads what is said, the defaults for the rest. */
    static LimitConfig of(PolicySettings said) {
        return new LimitConfig(
                said.whole(ENDPOINT, OFF.endpointInFlight, 0, Integer.MAX_VALUE),
                said.whole(SERVICE, OFF.serviceInFlight, 0, Integer.MAX_VALUE));
    }
}
