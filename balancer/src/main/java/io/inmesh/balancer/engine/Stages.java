package io.inmesh.balancer.engine;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;

/** Which stages a configuration asks for. */
final class Stages {
    private Stages() {}

    /** The pipeline of one arrangement. */
    static Pipeline of(BalancerConfig config, Situation situation) {
        return Pipeline.standard().with(Place.HEALTH, layout -> layout.keep(Layout.Candidate::isHealthy));
    }
}
