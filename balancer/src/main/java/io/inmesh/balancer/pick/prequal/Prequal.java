package io.inmesh.balancer.pick.prequal;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.balancer.config.PolicySettings;
import io.inmesh.balancer.pick.load.PeakEwmaChoice;
import java.util.Map;
import java.util.Set;

/**
 * Probes some endpoints for each request and places later requests by what they answered (Wydrowski et al.: Load is not what you should balance:
 * Introducing Prequal, NSDI 2024). Of the answers at hand the quickest endpoint among those that are not busy is taken; where all are busy, the
 * least busy. An answer is used a few times, counts one request more each time, and is thrown away after a second or when it is the worst.
 *
 * <p>Endpoints that answer no probes may say the same with their responses ({@code Lease.report} with requests in flight and latency); as those
 * answers are one for each request at most, {@code peak-ewma} places the requests for which none is left. Where nobody says anything, it places
 * all of them, which observers are told ({@code fellBack}); so it does with repeats, and with a request that meets another one inside the pool.
 *
 * <p>Cost: a look at sixteen answers, a few draws, and three probes, which are sent by whoever balances and are not free for the endpoints. The
 * pool survives every change of the set without those who left.
 */
public final class Prequal implements PickerFactory {
    private final PrequalSettings numbers;
    private final Prober prober;

    /** Without probes: by what responses say, else as {@code peak-ewma}. */
    public Prequal() {
        this(PrequalSettings.DEFAULT, Prober.NONE);
    }

    /** With these numbers, asking by that prober. */
    public Prequal(PrequalSettings numbers, Prober prober) {
        this.numbers = numbers;
        this.prober = prober;
    }

    @Override
    public String name() {
        return PrequalSettings.POLICY;
    }

    @Override
    public boolean readsLatency() {
        return true;
    }

    @Override
    public boolean readsReports() {
        return true;
    }

    @Override
    public Set<String> settings() {
        return Set.of(
                PrequalSettings.PROBES,
                PrequalSettings.REMOVED,
                PrequalSettings.REUSE,
                PrequalSettings.POOL,
                PrequalSettings.AGE,
                PrequalSettings.QUANTILE);
    }

    @Override
    public PickerFactory with(Map<String, String> values) {
        return new Prequal(numbers.with(new PolicySettings(name(), values)), prober);
    }

    @Override
    public Picker newPicker(Input input) {
        ProbePool pool = input.previous() instanceof PrequalPicker previous
                ? previous.pool()
                : new ProbePool(PrequalSettings.MOST_POOL);
        return new PrequalPicker(input, pool, numbers, prober, new PeakEwmaChoice().newPicker(input));
    }

    @Override
    public String toString() {
        return name() + "[" + numbers + "]";
    }
}
