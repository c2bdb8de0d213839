package io.inmesh.balancer.stage;

import io.inmesh.api.Locality;

/**
 * What stages may know besides the layout, at the moment of one arrangement.
 *
 * @param nowNanos the time, by the mesh's clock
 * @param client where this process runs, as far as is known
 * @param peers the endpoints of the caller's own service, {@link Peers#UNKNOWN} where it is not known
 * @param followsKey whether the policy places requests by their key, so that nothing may move keys
 * @param seed of this process: the same at every arrangement, another in every other process
 */
public record Situation(long nowNanos, Locality client, Peers peers, boolean followsKey, long seed) {}
