package io.inmesh.balancer.micrometer;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.Mesh;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads off the mesh what it knows already: nothing is counted, or kept in mind, twice for a gauge.
 *
 * <p>Threads: any.
 */
final class MeshState {
    /** Null until it is known. Written by whoever puts mesh and meters together, read by gauges. */
    private volatile @Nullable Mesh mesh;

    void of(Mesh counted) {
        mesh = counted;
    }

    boolean isKnown() {
        return mesh != null;
    }

    /** Requests in flight on all endpoints of a service port; NaN where that is unknown. */
    double inFlight(@Nullable ServiceKey key) {
        Mesh counted = mesh;
        return counted == null || key == null
                ? Double.NaN
                : counted.engine().states().inFlight(key);
    }

    /** The same on one of them. */
    double inFlight(@Nullable ServiceKey key, String endpointId) {
        Mesh counted = mesh;
        return counted == null || key == null
                ? Double.NaN
                : counted.engine().states().inFlight(key, endpointId);
    }

    /** Ids of endpoints of a service port that health keeps out; none where that is unknown. */
    Set<String> ejected(@Nullable ServiceKey key) {
        Mesh counted = mesh;
        return counted == null || key == null
                ? Set.of()
                : counted.engine().health().ejected(key);
    }
}
