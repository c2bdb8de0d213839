package io.inmesh.balancer.stage.weight;

import io.inmesh.balancer.config.SlowStartConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Gives an endpoint that has just come, or come back, a part of its weight that grows with time (Envoy's slow start).
 *
 * <p>Where more than half of the set is new at once, as when a deployment is rolled out, nobody is spared: there would be no others to take the
 * load. Who was so given all of its weight keeps it, though later more than half may be old again: a weight never falls because time passes. For
 * that one needs no memory. When the newest came is known, so how many were new at each arrival can be counted again; those who were there at
 * the last arrival that made a majority of the new have their full weight.
 *
 * <p>Cost: one look at each endpoint's age while none is new, else sorting them.
 */
public final class SlowStart implements Stage {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Weights grow in as many steps as this at least, and each second. */
    private static final int STEPS = 60;

    /** Older than any window, and far from where sums of ages overflow. */
    private static final long OLD = Long.MAX_VALUE / 2;

    private static final Duration LONGEST_STEP = Duration.ofSeconds(1);

    private final SlowStartConfig config;
    private final long nowNanos;

    private final Predicate<Member> spared;

    /** As of that moment. */
    public SlowStart(SlowStartConfig config, long nowNanos) {
        this(config, nowNanos, member -> false);
    }

    private SlowStart(SlowStartConfig config, long nowNanos, Predicate<Member> spared) {
        this.config = config;
        this.nowNanos = nowNanos;
        this.spared = spared;
    }

    /** For those alone that were ejected and are back. */
    public static SlowStart afterEjection(SlowStartConfig config, long nowNanos) {
        return new SlowStart(config, nowNanos, member -> !member.hasRecovered());
    }

    @Override
    public Layout apply(Layout layout) {
        long youngestSpared = youngestSpared(layout);
        if (youngestSpared == 0) {
            return layout;
        }
        Layout grown = layout.mapGroups(group -> group.map(candidate -> {
            long age = age(candidate);
            return age < youngestSpared ? candidate.withWeight(candidate.weight() * factor(config, age)) : candidate;
        }));
        Duration step = config.window().dividedBy(STEPS);
        return grown.holdingAtMost(step.compareTo(LONGEST_STEP) < 0 ? step : LONGEST_STEP);
    }

    /**
     * The part of its weight that an endpoint has.
     *
     * @param ageNanos how long it has been there, 0 or more
     */
    static double factor(SlowStartConfig config, long ageNanos) {
        double age = Math.max(ageNanos / NANOS_PER_SECOND, 1);
        double window = config.window().toNanos() / NANOS_PER_SECOND;
        double grown = Math.pow(Math.min(1, age / window), 1 / config.aggression());
        return Math.max(config.minPercent() / 100.0, grown);
    }

    /** From this age on endpoints have their full weight; 0 if all have. */
    private long youngestSpared(Layout layout) {
        long window = config.window().toNanos();
        List<Layout.Candidate> candidates = layout.candidates();
        if (!anyYounger(candidates, window)) {
            return 0; // As nearly always, so nothing is put together for it.
        }
        long[] ages = candidates.stream()
                .filter(Layout.Candidate::hasWeight)
                .mapToLong(this::age)
                .sorted()
                .toArray();
        // Each arrival, the newest first, until one is too old to matter: who was new then, among those who were there.
        for (int newest = 0; newest < ages.length && ages[newest] < window; newest++) {
            int there = ages.length - newest;
            int old = firstFrom(ages, ages[newest] + window);
            if (2 * (old - newest) > there) {
                return newest == 0 ? 0 : ages[newest];
            }
        }
        return window;
    }

    private boolean anyYounger(List<Layout.Candidate> candidates, long window) {
        for (Layout.Candidate candidate : candidates) {
            if (candidate.hasWeight() && age(candidate) < window) {
                return true;
            }
        }
        return false;
    }

    /** The index of the first that is at least as old, or the number of all. */
    private static int firstFrom(long[] ages, long age) {
        int low = 0;
        int high = ages.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ages[middle] < age) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long age(Layout.Candidate candidate) {
        Member member = candidate.member();
        return spared.test(member) ? OLD : Math.max(0, nowNanos - member.sinceNanos());
    }
}
