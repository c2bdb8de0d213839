package io.inmesh.balancer.stage;

import io.inmesh.api.Endpoint;
import java.util.List;

/**
 * The caller's own service: who else sends requests as this process does, and which of them it is.
 *
 * @param endpoints its usable endpoints, in canonical order
 * @param rank the place of this process among them, from 0, or {@link #NO_RANK}
 */
public record Peers(List<Endpoint> endpoints, int rank) {
    /** This process is not among them, or it is not known which it is. */
    public static final int NO_RANK = -1;

    /** Nothing is known. */
    public static final Peers UNKNOWN = new Peers(List.of(), NO_RANK);

    /** Copies the list. */
    public Peers {
        endpoints = List.copyOf(endpoints);
        if (rank < NO_RANK || rank >= endpoints.size()) {
            throw new IllegalArgumentException("rank: " + rank
                    + " (expected: -1 for none, or below the number of peers, " + endpoints.size() + ")");
        }
    }

    /** True if this process knows which of them it is. */
    public boolean hasRank() {
        return rank != NO_RANK;
    }
}
