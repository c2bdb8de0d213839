/**
 * Meters for Micrometer: what balancers do, as counters, timers and gauges with bounded tags. Needs {@code io.micrometer:micrometer-core};
 * {@link io.inmesh.balancer.micrometer.MeshMeters} is where to begin.
 */
@NullMarked
package io.inmesh.balancer.micrometer;

import org.jspecify.annotations.NullMarked;
