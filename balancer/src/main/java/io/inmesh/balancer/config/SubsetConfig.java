package io.inmesh.balancer.config;

import java.util.List;

/**
 * Whether this process uses only some of the endpoints, so that not every client is connected to every server. Keys {@code subset.*}.
 *
 * <p>Each zone or tier that requests are shared among gives a part by the number of its endpoints. Health never changes who is chosen; for each
 * unhealthy one another is added meanwhile. Under a policy that follows keys (destination-hash, ring-hash, rendezvous ...) each process places
 * keys among its own endpoints: the same key finds the same endpoint from one process, but not from another. One log line says so.
 *
 * @param mode how they are chosen
 * @param size how many; 0, the default, = what suits the mode: 20, or 12 for {@link Mode#APERTURE}. No subset is made of fewer than
 *     twice as many endpoints
 */
public record SubsetConfig(Mode mode, int size) {

    /** All endpoints. */
    public static final SubsetConfig OFF = new SubsetConfig(Mode.OFF, 0);

    /** The room's name, before each of its keys. */
    static final String ROOM = "subset";

    private static final String MODE = "mode";
    private static final String SIZE = "size";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE, SIZE);

    /** A smaller one would be lost as a whole too often. */
    private static final int LEAST_SIZE = 2;

    private static final int USUAL_SIZE = 20;
    private static final int USUAL_APERTURE = 12;

    /** How a process chooses its endpoints. */
    public enum Mode {
        /** It does not: all are used. */
        OFF,
        /** By rendezvous with a seed of its own (gRFC A68). Needs to know nothing, and is even only on average. */
        RANDOM,
        /** In rounds, by the rank of this process among its peers (Site Reliability Engineering, chapter 20). */
        DETERMINISTIC,
        /** A slice of the ring of endpoints, by rank; the ends count in part (Finagle's deterministic aperture). */
        APERTURE,
        /** By rank, in lots that are shuffled, so that changes move little (Rocksteadier, ACM Queue 2022). */
        ROCKSTEADIER;

        /** True if it asks which of the callers this process is. */
        public boolean goesByRank() {
            return this == DETERMINISTIC || this == APERTURE || this == ROCKSTEADIER;
        }
    }

    /** Checks the range. */
    public SubsetConfig {
        if (size != 0) {
            Ranges.check(ROOM, SIZE, size, LEAST_SIZE, Integer.MAX_VALUE);
        }
    }

    /** The size that is meant. */
    public int effectiveSize() {
        if (size != 0) {
            return size;
        }
        return mode == Mode.APERTURE ? USUAL_APERTURE : USUAL_SIZE;
    }

    /** Reads what is said, the defaults for the rest. */
    static SubsetConfig of(PolicySettings said) {
        return new SubsetConfig(said.choice(MODE, OFF.mode), said.whole(SIZE, OFF.size, LEAST_SIZE, Integer.MAX_VALUE));
    }
}
