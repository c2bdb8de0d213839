package io.inmesh.balancer.stage.locality;

import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives a priority's requests to its nearest tier that has anyone (balancing 5.15), and, where that tier is busier than the next one, a part of
 * them to the next.
 *
 * <p>Spilling begins where the mean of requests in flight per near endpoint would exceed {@code f} times the mean of the next tier, and one. Of
 * {@code T} requests in flight on both tiers, with {@code a} endpoints here and {@code b} there, that is reached with
 *
 * <pre>x = a (f T/b + 1) / (1 + f a/b)</pre>
 *
 * requests here, so this tier gets the share {@code x/T}, 1 at most. The share depends on {@code T} alone and not on where those requests are: moving
 * requests between tiers does not change it, so it does not swing, and it settles exactly on the line where spilling begins.
 */
public final class NearestTier implements Stage {
    /** How long a share holds that was made from requests in flight: the shortest time that stages may be asked again for the load's sake. */
    static final Duration SHARE_HOLDS = Duration.ofMillis(100);

    private final double spillFactor;

    /**
     * With spilling.
     *
     * @param spillFactor how many times as busy as the next tier the nearest may be; 0 = never spill
     */
    public NearestTier(double spillFactor) {
        this.spillFactor = spillFactor;
    }

    /** Without: for policies that place requests by their keys, which would be moved. */
    public static NearestTier neverSpilling() {
        return new NearestTier(0);
    }

    @Override
    public Layout apply(Layout layout) {
        Layout shared = layout.mapPriorities(this::shared);
        boolean maySpill = spillFactor > 0 && layout.priorities().stream().anyMatch(NearestTier::hasTwoTiers);
        return maySpill ? shared.holdingAtMost(SHARE_HOLDS) : shared;
    }

    private static boolean hasTwoTiers(Layout.Priority priority) {
        return priority.load() > 0
                && priority.groups().stream()
                                .filter(group -> group.carriers() > 0)
                                .count()
                        > 1;
    }

    private Layout.Priority shared(Layout.Priority priority) {
        List<Layout.Group> tiers = priority.groups();
        int nearest = tierFrom(0, tiers);
        int next = tierFrom(nearest + 1, tiers);
        if (nearest == tiers.size()) {
            return priority;
        }
        boolean spills = next < tiers.size() && spillFactor > 0;
        double share = spills ? shareOf(tiers.get(nearest), tiers.get(next)) : 1;
        List<Layout.Group> shared = new ArrayList<>();
        for (int i = 0; i < tiers.size(); i++) {
            shared.add(tiers.get(i).withShare(i == nearest ? share : i == next ? 1 - share : 0));
        }
        return priority.withGroups(shared);
    }

    /** The first tier from that one on that has anyone; behind the last if none has. */
    private static int tierFrom(int first, List<Layout.Group> tiers) {
        int tier = first;
        while (tier < tiers.size() && tiers.get(tier).carriers() == 0) {
            tier++;
        }
        return tier;
    }

    private double shareOf(Layout.Group near, Layout.Group next) {
        int together = inFlight(near) + inFlight(next);
        if (together == 0) {
            return 1;
        }
        double here = near.carriers();
        double there = next.carriers();
        double kept = here * (spillFactor * together / there + 1) / (1 + spillFactor * here / there);
        return Math.min(1, kept / together);
    }

    /** Of those that can be given more: what still runs on a quiesced endpoint weighs on nobody else. */
    private static int inFlight(Layout.Group group) {
        int sum = 0;
        for (Layout.Candidate candidate : group.candidates()) {
            sum += candidate.hasWeight() ? candidate.member().inFlight() : 0;
        }
        return sum;
    }
}
