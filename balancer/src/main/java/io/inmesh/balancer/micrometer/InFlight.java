package io.inmesh.balancer.micrometer;

import io.inmesh.api.ServiceKey;
import io.inmesh.balancer.Mesh;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests in flight off the mesh that counts them already: nothing is counted twice for a gauge.
 *
 * <p>Threads: any.
 */
final class InFlight {
    /** Null until it is known. Written by whoever puts mesh and meters together, read by gauges. */
    private volatile @Nullable Mesh mesh;

    void of(Mesh counted) {
        mesh = counted;
    }

    /** On all endpoints of a service port; NaN where that is unknown. */
    double on(@Nullable ServiceKey key) {
        Mesh counted = mesh;
        return counted == null || key == null
                ? Double.NaN
                : counted.engine().states().inFlight(key);
    }

    /** On one endpoint of a service port; NaN where that is unknown. */
    double on(@Nullable ServiceKey key, String endpointId) {
        Mesh counted = mesh;
        return counted == null || key == null
                ? Double.NaN
                : counted.engine().states().inFlight(key, endpointId);
    }
}
