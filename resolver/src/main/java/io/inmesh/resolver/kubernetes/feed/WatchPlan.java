package io.inmesh.resolver.kubernetes.feed;

/**
 * What becomes of the services of a namespace that have no watch yet, and of a wide watch (rule W-14). Pure. Wherever it leads while no
 * service comes or goes, it ends with single watches alone or with a wide one alone.
 */
enum WatchPlan {
    /** Each gets a watch of its own. */
    ALONE,
    /** So does each that a wide watch serves now, which ends when they have. */
    LEAVE,
    /** Each joins the wide watch with a list of its own. */
    JOIN,
    /** Another wide watch takes over everything. */
    WIDEN,
    /** There is room for nothing. */
    WAIT;

    /**
     * How many services there are.
     *
     * @param all in use
     * @param alone those that have a watch of their own
     * @param waiting those that have none
     * @param joining those whose list, with which they join the wide watch, is on its way
     */
    record Counts(int all, int alone, int waiting, int joining) {}

    /**
     * Decides.
     *
     * @param limit how many streams there may be
     * @param forbidden no further wide watch may be begun
     * @param wide one is in use
     */
    static WatchPlan of(int limit, boolean forbidden, boolean wide, Counts services) {
        if (forbidden) {
            return ALONE;
        }
        if (!wide) {
            return services.alone() + services.waiting() <= limit ? ALONE : limit > 0 ? WIDEN : WAIT;
        }
        boolean leaving = services.alone() > 0 && services.all() < limit; // The wide one is a stream as well.
        if (services.all() <= limit / 2 || leaving) {
            return LEAVE;
        }
        boolean few = services.waiting() + services.joining() <= Math.max(1, limit);
        return services.alone() == 0 && few ? JOIN : WIDEN;
    }
}
