package io.inmesh.balancer.stage;

/**
 * Where a stage stands. The order is the order of this list, and each place has a reason to stand where it does; a place without a stage
 * lets everything through.
 */
public enum Place {
    /** Usable for this client, as the resolver judged. First: nothing may bring an unusable endpoint back. */
    ELIGIBLE,
    /** Those that a route means. Before everything that sizes sets. */
    ROUTE,
    /** By priority, then by locality. Of the place alone; shares come later, from health. */
    GROUP,
    /** This client's part of each group. Before health, so that a flapping endpoint causes no connection churn. */
    SUBSET,
    /** The priority that is still hoped for, while none before it can be used: before those are left out of whom nothing is known. */
    AWAITED,
    /** Those of whom it is known whether they can be reached; the others count for nothing from here on. */
    IN_PLAY,
    /** Shares of the priorities, from the health of each. */
    PRIORITY_LOAD,
    /** Without the unhealthy, a verdict of the lane and no test on the pick path; or with everyone, where too few are healthy to carry the load. */
    HEALTH,
    /** Shares of the localities. After health, whose counts they use. */
    LOCALITY_SHARE,
    /** Without those who can be had in a moment only, where others can at once. Behind all shares, which do not change for a moment. */
    AT_HAND,
    /** One number for each endpoint. */
    WEIGHT,
    /** Without those of weight 0. */
    QUIESCED
}
