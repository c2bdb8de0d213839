package io.inmesh.balancer.stage.subset;

/** The order in which one process wants the endpoints of a group. */
@FunctionalInterface
interface Order {

    /**
     * The first so many.
     *
     * @param count at most as many as there are
     * @return by index whether it is one of them; whoever is among the first few is so among the first more
     */
    boolean[] first(int count);
}
