package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.PickContext;
import io.inmesh.api.Picker;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.pick.Draw;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Places requests by the answers in a {@link ProbePool}; see {@link Prequal}. */
final class PrequalPicker implements Picker, Prober.Answers {
    /** The smallest number of answers that is a choice. */
    private static final int FEWEST = 2;

    private final EndpointView[] endpoints;
    private final ProbePool pool;
    private final PrequalSettings numbers;
    private final int most;
    private final double usesEach;
    private final Prober prober;
    private final Picker byLatency;
    private final NanoClock clock;
    private final RandomGenerator random;

    PrequalPicker(
            EndpointView[] endpoints,
            ProbePool pool,
            PrequalSettings numbers,
            Prober prober,
            Picker byLatency,
            NanoClock clock,
            RandomGenerator random) {
        this.endpoints = endpoints;
        this.pool = pool;
        this.numbers = numbers;
        this.most = numbers.poolFor(endpoints.length);
        this.usesEach = numbers.usesEach(endpoints.length);
        this.prober = prober;
        this.byLatency = byLatency;
        this.clock = clock;
        this.random = random;
        pool.retain(Arrays.asList(endpoints));
    }

    ProbePool pool() {
        return pool;
    }

    @Override
    public Choice choose(PickContext context) {
        if (context.attempts() > 0) {
            return byLatency.choose(context);
        }
        for (long probes = rounded(numbers.probesPerRequest()); probes > 0; probes--) {
            prober.probe(drawn(), this);
        }
        if (!pool.enter()) {
            return byLatency.choose(context);
        }
        EndpointView chosen = null;
        try {
            pool.forgetBefore(clock.nanoTime() - numbers.maxAge().toNanos());
            int threshold = pool.threshold(numbers.quantile());
            if (pool.size() >= FEWEST) {
                chosen = pool.takeBest(threshold);
            }
            for (long removed = rounded(numbers.removedPerRequest()); removed > 0; removed--) {
                pool.removeOne(threshold);
            }
        } finally {
            pool.leave();
        }
        // One that has just left may still have been known.
        return chosen == null || !pool.knows(chosen) ? drawn() : chosen;
    }

    @Override
    public void answered(EndpointView endpoint, int requestsInFlight, double latencyNanos) {
        if (pool.knows(endpoint) && pool.enter()) {
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
