package io.inmesh.balancer.pick.load;

/** Who is taken of several with equal load. */
public enum Ties {
    /** Any: the look begins at a random place. The default, or many idle clients would all run to the first endpoint. */
    RANDOM,
    /** The first in canonical order, as IPVS does. */
    FIRST
}
