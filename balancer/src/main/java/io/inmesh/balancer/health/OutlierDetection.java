package io.inmesh.balancer.health;

import io.inmesh.balancer.config.EjectConfig;

/**
 * Watches how requests end, as {@code eject.*} says.
 *
 * @param config by what rules
 */
public record OutlierDetection(EjectConfig config) implements HealthSource.Kind {

    /** Asked for wherever ejection is enabled. */
    public static final HealthSource.Demand DEMAND =
            (config, key) -> config.eject().enabled() ? new OutlierDetection(config.eject()) : null;

    @Override
    public String name() {
        return "outlier detection";
    }

    @Override
    public boolean succeeds(HealthSource.Kind previous) {
        return previous instanceof OutlierDetection;
    }

    @Override
    public HealthSource begin(HealthSource.Site site) {
        return new OutlierSource(this, site);
    }
}
