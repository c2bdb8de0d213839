package io.inmesh.balancer.config;

import java.util.List;

/**
 * Whether a client or a session stays with its endpoint. Keys {@code affinity.*}.
 *
 * @param mode how
 */
public record AffinityConfig(Mode mode) {

    /** As the Service says. */
    public static final AffinityConfig DEFAULT = new AffinityConfig(Mode.SERVICE);

    /** The room's name, before each of its keys. */
    static final String ROOM = "affinity";

    /** How, without the room's name. */
    static final String MODE = "mode";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE);

    /** What stays. */
    public enum Mode {
        /**
         * This process with its endpoint, if the Service says {@code sessionAffinity: ClientIP}. The default, unless a policy is named for that
         * service (rule Y-6).
         */
        SERVICE,
        /** Nothing, whatever the Service says. */
        OFF
    }

    /** Reads what is said, the default for the rest. */
    static AffinityConfig of(PolicySettings said) {
        return new AffinityConfig(said.choice(MODE, DEFAULT.mode));
    }
}
