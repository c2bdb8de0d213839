package io.inmesh.api;

import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint or a client runs. Names compare exactly, with case (rule T-7).
 *
 * @param node the Kubernetes node, or null if unknown
 * @param zone the zone ({@code topology.kubernetes.io/zone}), or null if unknown
 */
public record Locality(@Nullable String node, @Nullable String zone) {

    /** Nothing is known of the place. */
    public static final Locality UNKNOWN = new Locality(null, null);

    /** Blank names count as unknown. */
    public Locality {
        node = node == null || node.isBlank() ? null : node;
        zone = zone == null || zone.isBlank() ? null : zone;
    }
}
