package io.inmesh.samples.policy;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.time.NanoClock;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A policy of one's own: of some endpoints drawn at random, the one that answers quickest. Named {@code quickest} wherever a policy can be named;
 * {@code quickest.draws} says how many are drawn, 3 by default.
 *
 * <p>Everything a policy goes by comes with {@link EndpointView}, for every policy alike: requests in flight, latency with the outcomes in it (a
 * failure counts as slow, however quick it was), and a weight with the stages in it (what the pod says, what it reports, how new it is). Endpoints
 * that are unusable, ejected, too far away or of weight 0 are not in the list.
 *
 * <p>The picker is asked by many threads at once, for each request: it reads arrays made beforehand, allocates nothing and waits for nothing.
 */
public final class Quickest implements PickerFactory {
    private static final String DRAWS = "draws";
    private static final int MOST_DRAWS = 10;

    private final int draws;

    /** Of three; this is the one that the service loader makes. */
    public Quickest() {
        this(3);
    }

    private Quickest(int draws) {
        this.draws = draws;
    }

    @Override
    public String name() {
        return "quickest";
    }

    /** Without this, requests are not timed and latency stays unknown. */
    @Override
    public boolean readsLatency() {
        return true;
    }

    @Override
    public Set<String> settings() {
        return Set.of(DRAWS);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        String text = values.getOrDefault(DRAWS, String.valueOf(draws));
        if (!text.matches("[1-9]|" + MOST_DRAWS)) {
            throw new IllegalArgumentException(
                    name() + "." + DRAWS + ": '" + text + "' (expected: a whole number from 1 to " + MOST_DRAWS + ")");
        }
        return new Quickest(Integer.parseInt(text));
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        RandomGenerator random = input.random();
        NanoClock clock = input.clock();
        return context -> {
            long now = clock.nanoTime();
            EndpointView best = endpoints[random.nextInt(endpoints.length)];
            for (int draw = 1; draw < draws; draw++) {
                EndpointView other = endpoints[random.nextInt(endpoints.length)];
                best = cost(other, now) < cost(best, now) ? other : best;
            }
            return best;
        };
    }

    /** An endpoint of which nothing is known yet costs nothing, so that it is tried. */
    private static double cost(EndpointView endpoint, long now) {
        double latency = endpoint.latencyNanos(now);
        return Double.isNaN(latency) ? 0 : latency * (endpoint.inFlight() + 1) / endpoint.weight();
    }
}
