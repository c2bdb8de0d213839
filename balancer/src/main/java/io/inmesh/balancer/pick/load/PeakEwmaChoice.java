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
 * <p>An endpoint that nobody has asked yet counts as the median of those known when the picker is made, so that a newcomer is neither
 * flooded nor shunned; where none was known, as {@code default-rtt} or the quickest known since, so that the last of new ones is not left
 * out. Where weights differ, cost per weight is compared.
 *
 * <p>Cost: two reads of counters and estimates, one look at the clock, one atomic add; a request is timed besides. Estimates belong to the
 * endpoints and survive every change of the set.
 */
public final class PeakEwmaChoice implements PickerFactory {
    private static final String NAME = "peak-ewma";
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
     * @param defaultRtt what an endpoint counts as while none is known; above zero, at most a year
     */
    public PeakEwmaChoice(int choices, Duration defaultRtt) {
        PolicySettings.check(NAME, CHOICES, choices, FEWEST_CHOICES, MOST_CHOICES);
        PolicySettings.check(NAME, DEFAULT_RTT, defaultRtt);
        this.choices = choices;
        this.defaultRtt = defaultRtt;
    }

    @Override
    public String name() {
        return NAME;
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
                LatencyCost.over(input, defaultRtt),
                false,
                input.clock(),
                input.random());
    }

    @Override
    public String toString() {
        return name() + "[choices " + choices + ", default-rtt " + defaultRtt + "]";
    }
}
