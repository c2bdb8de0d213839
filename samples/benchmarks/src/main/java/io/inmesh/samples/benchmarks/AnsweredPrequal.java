package io.inmesh.samples.benchmarks;

import io.inmesh.api.Picker;
import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.pick.prequal.Prequal;
import io.inmesh.balancer.pick.prequal.PrequalSettings;

/** {@code prequal} where every probe is answered at once: the policy's own part of a choice, without anything sent. */
public final class AnsweredPrequal implements PickerFactory {
    private static final double LATENCY_NANOS = 1e6;

    private final Prequal prequal = new Prequal(
            PrequalSettings.DEFAULT,
            (endpoint, answers) -> answers.answered(endpoint, endpoint.inFlight(), LATENCY_NANOS));

    /** Found by the service loader. */
    public AnsweredPrequal() {}

    @Override
    public String name() {
        return "prequal-answered";
    }

    @Override
    public boolean readsLatency() {
        return true;
    }

    @Override
    public Picker newPicker(Input input) {
        return prequal.newPicker(input);
    }
}
