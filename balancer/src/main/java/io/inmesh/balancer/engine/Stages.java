package io.inmesh.balancer.engine;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.WeightConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.stage.weight.ReportedWeights;
import io.inmesh.balancer.stage.weight.SlowStart;

/** Which stages a configuration asks for. */
final class Stages {
    private Stages() {}

    /** The pipeline of one arrangement. */
    static Pipeline of(BalancerConfig config, Situation situation, Stage baseWeights, PickerFactory.Fallback fallback) {
        return Pipeline.standard()
                .with(Place.HEALTH, layout -> layout.keep(Layout.Candidate::isHealthy))
                .with(Place.WEIGHT, baseWeights.then(weight(config, situation, fallback)));
    }

    private static Stage weight(BalancerConfig config, Situation situation, PickerFactory.Fallback fallback) {
        Stage stage = layout -> layout;
        if (situation.followsKey()) {
            return stage; // Weights that change with time would move keys.
        }
        long now = situation.nowNanos();
        if (config.weight().source() == WeightConfig.Source.REPORTS) {
            stage = stage.then(new ReportedWeights(config.weight(), now, fallback));
        }
        if (config.slowStart().isOn()) {
            stage = stage.then(new SlowStart(config.slowStart(), now));
        }
        return stage;
    }
}
