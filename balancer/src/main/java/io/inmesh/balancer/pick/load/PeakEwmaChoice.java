package io.inmesh.balancer.pick.load;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.AliasTable;
import io.inmesh.balancer.pick.Weights;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Draws two different endpoints and takes the one with the lower cost: smoothed latency times the requests it would have with this one. The
 * estimate jumps up with a slow answer and comes down slowly ({@code PeakEwma}; Finagle's and Linkerd's default), so an endpoint that
 * stalls is left at once, and tried again as its estimate fades.
 *
 * <p>An endpoint that nobody has asked yet counts as the median of those known when the picker is made, or as {@code default-rtt}, so that a
 * newcomer is neither flooded nor shunned. Where weights differ, cost per weight is compared.
 *
 * <p>Cost: two reads of counters and estimates, one look at the clock, one atomic add; a request is timed besides. Estimates belong to the
 * endpoints and survive every change of the set.
 */
public final class PeakEwmaChoice implements PickerFactory {
    private static final String CHOICES = "choices";
    private static final String DEFAULT_RTT = "default-rtt";
    private static final int FEWEST_CHOICES = 2;
    private static final int MOST_CHOICES = 10;

    /** Linkerd's: an unknown endpoint is taken for an ordinary one of the same cluster. */
    private static final Duration USUAL_RTT = Duration.ofMillis(30);

    private final int choices;
    private final Duration defaultRtt;

    /** Of two, unknown ones at 30 ms. */
    public PeakEwmaChoice() {
        this(FEWEST_CHOICES, USUAL_RTT);
    }

    /**
     * With every setting.
     *
     * @param choices how many are drawn, 2 to 10
     * @param defaultRtt what an endpoint counts as while none is known
     */
    public PeakEwmaChoice(int choices, Duration defaultRtt) {
        this.choices = choices;
        this.defaultRtt = defaultRtt;
    }

    @Override
    public String name() {
        return "peak-ewma";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("p2c-ewma");
    }

    @Override
    public boolean readsLatency() {
        return true;
    }

    @Override
    public Set<String> settings() {
        return Set.of(CHOICES, DEFAULT_RTT);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        PolicySettings settings = new PolicySettings(name(), values);
        return new PeakEwmaChoice(
                settings.whole(CHOICES, choices, FEWEST_CHOICES, MOST_CHOICES),
                settings.duration(DEFAULT_RTT, defaultRtt));
    }

    @Override
    public Picker newPicker(Input input) {
        EndpointView[] endpoints = input.endpoints().toArray(EndpointView[]::new);
        AliasTable table = Weights.areEqual(input.endpoints()) ? null : new AliasTable(input.endpoints());
        return new FewestOf(
                endpoints,
                Weights.of(input.endpoints()),
                table,
                choices,
                cost(unknownNanos(input)),
                false,
                input.clock(),
                input.random());
    }

    /** Latency times requests, this one included. */
    static Load cost(double unknownNanos) {
        return (endpoint, now) -> {
            double latency = endpoint.latencyNanos(now);
            return (Double.isNaN(latency) ? unknownNanos : latency) * (endpoint.inFlight() + 1.0);
        };
    }

    private double unknownNanos(Input input) {
        long now = input.clock().nanoTime();
        double[] known = input.endpoints().stream()
                .mapToDouble(endpoint -> endpoint.latencyNanos(now))
                .filter(latency -> !Double.isNaN(latency))
                .sorted()
                .toArray();
        return known.length == 0 ? defaultRtt.toNanos() : known[known.length / 2];
    }

    @Override
    public String toString() {
        return name() + "[choices " + choices + ", default-rtt " + defaultRtt + "]";
    }
}
