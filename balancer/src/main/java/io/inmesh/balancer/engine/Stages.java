package io.inmesh.balancer.engine;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.stage.weight.SlowStart;

/** Which stages a configuration asks for. */
final class Stages {
    private Stages() {}

    /** The pipeline of one arrangement. */
    static Pipeline of(BalancerConfig config, Situation situation) {
        return Pipeline.standard()
                .with(Place.HEALTH, layout -> layout.keep(Layout.Candidate::isHealthy))
                .with(Place.WEIGHT, weight(config, situation));
    }

    private static Stage weight(BalancerConfig config, Situation situation) {
        Stage stage = layout -> layout;
        if (situation.followsKey()) {
            return stage; // Weights that change with time would move keys.
        }
        return config.slowStart().isOn() ? stage.then(new SlowStart(config.slowStart(), situation.nowNanos())) : stage;
    }
}
