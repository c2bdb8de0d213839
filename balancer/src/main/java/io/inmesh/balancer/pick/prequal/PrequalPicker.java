package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadReport;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.Draw;
import io.inmesh.balancer.pick.Excluding;
import io.inmesh.balancer.pick.Exclusion;
import java.time.Duration;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Places requests by the answers in a {@link ProbePool}; see {@link Prequal}. */
final class PrequalPicker implements Excluding, Prober.Answers {
    /** After so many times the age at which answers stop counting, nobody is expected to answer any more. */
    private static final int PATIENCE = 10;

    private static final double NANOS_PER_SECOND = 1e9;

    private static final String NOBODY_ANSWERS =
            "policy prequal: no endpoint answers a probe or reports its requests in"
                    + " flight and latency: endpoints are chosen as by peak-ewma; give the mesh a prober whose question they"
                    + " answer, or pass what they say with responses on by Lease.report";

    private final EndpointView[] endpoints;
    private final ProbePool pool;
    private final PrequalSettings numbers;
    private final int most;
    private final double usesEach;
    private final long maxAgeNanos;
    private final Prober prober;
    private final boolean asks;
    private final Picker byLatency;
    private final NanoClock clock;
    private final RandomGenerator random;
    private final PickerFactory.Fallback fallback;

    PrequalPicker(PickerFactory.Input input, ProbePool pool, PrequalSettings numbers, Prober prober, Picker byLatency) {
        this.endpoints = input.endpoints().toArray(EndpointView[]::new);
        this.pool = pool;
        this.numbers = numbers;
        this.most = numbers.poolFor(endpoints.length);
        this.usesEach = numbers.usesEach(endpoints.length);
        this.maxAgeNanos = numbers.maxAge().toNanos();
        this.prober = prober;
        this.asks = !prober.equals(Prober.NONE);
        this.byLatency = byLatency;
        this.clock = input.clock();
        this.random = input.random();
        this.fallback = input.fallback();
        pool.retain(Arrays.asList(endpoints));
    }

    ProbePool pool() {
        return pool;
    }

    @Override
    public Choice choose(PickContext context, Exclusion exclusion) {
        if (context.attempts() > 0) {
            return byLatency.choose(context);
        }
        // Asked again because the one chosen is full, it pays no second time.
        boolean first = exclusion == Exclusion.NONE;
        for (long probes = asks && first ? rounded(numbers.probesPerRequest()) : 0; probes > 0; probes--) {
            prober.probe(drawn(), this);
        }
        if (!pool.enter()) {
            return byLatency.choose(context);
        }
        EndpointView chosen = null;
        long waited = 0;
        try {
            long now = clock.nanoTime();
            pool.forgetBefore(now - maxAgeNanos);
            waited = pool.waitedNanos(now);
            int threshold = pool.threshold(numbers.quantile());
            if (pool.size() >= PrequalSettings.LEAST_POOL) {
                chosen = pool.takeBest(threshold, context, exclusion);
            }
            for (long removed = first ? rounded(numbers.removedPerRequest()) : 0; removed > 0; removed--) {
                pool.removeOne(threshold);
            }
        } finally {
            pool.leave();
        }
        return chosen == null ? withoutAnswers(context, waited) : chosen;
    }

    /**
     * Where answers come to probes, one lacks them for a moment only and draws, as the paper does. Those that come with responses are one for each
     * request and so always too few; what is known of latency fills the gaps, and finds endpoints that nobody has asked for a while.
     */
    private Choice withoutAnswers(PickContext context, long waitedNanos) {
        if (waitedNanos > PATIENCE * maxAgeNanos) {
            fallback.fellBack(NOBODY_ANSWERS);
        }
        return asks && waitedNanos <= maxAgeNanos ? drawn() : byLatency.choose(context);
    }

    @Override
    public void reported(EndpointView endpoint, LoadReport report) {
        Duration latency = report.latency();
        if (report.requestsInFlight() >= 0 && latency != null) {
            // In floating point, for toNanos() fails for a time of centuries, and what comes from outside is not
            // refused.
            double nanos = (double) latency.getSeconds() * NANOS_PER_SECOND + latency.getNano();
            answered(endpoint, report.requestsInFlight(), nanos);
        }
    }

    @Override
    public void answered(EndpointView endpoint, int requestsInFlight, double latencyNanos) {
        boolean makesSense = requestsInFlight >= 0 && latencyNanos >= 0; // NaN is not.
        if (makesSense && pool.enter()) {
            try {
                pool.add(
                        endpoint,
                        requestsInFlight,
                        latencyNanos,
                        clock.nanoTime(),
                        (int) Math.min(Integer.MAX_VALUE, rounded(usesEach)),
                        most);
            } finally {
                pool.leave();
            }
        }
    }

    private EndpointView drawn() {
        return endpoints[Draw.index(random.nextLong(), endpoints.length)];
    }

    /** The number itself on the average: up or down at random, so that 0.25 is one in four. */
    private long rounded(double number) {
        double whole = Math.floor(number);
        return (long) whole + (number > whole && random.nextDouble() < number - whole ? 1 : 0);
    }
}
