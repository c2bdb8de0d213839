package io.inmesh.balancer.engine;

import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.pick.hash.XxHash64;
import io.inmesh.balancer.stage.Layout;
import io.inmesh.balancer.stage.Pipeline;
import io.inmesh.balancer.stage.Place;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.subset.Subsetting;

/** Which stages a configuration asks for. */
final class Stages {
    private Stages() {}

    /** The pipeline of one arrangement. */
    static Pipeline of(BalancerConfig config, Situation situation) {
        return Pipeline.standard()
                .with(Place.SUBSET, new Subsetting(config.subset(), situation, XxHash64::hash))
                .with(Place.HEALTH, layout -> layout.keep(Layout.Candidate::isHealthy));
    }
}
