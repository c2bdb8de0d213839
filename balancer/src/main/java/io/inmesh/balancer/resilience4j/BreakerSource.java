package io.inmesh.balancer.resilience4j;

import io.inmesh.api.Endpoint;
import io.inmesh.balancer.health.HealthSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says of each endpoint of a service port what its circuit breaker says.
 *
 * <p>Threads: the source's lane; changes of state come from requests and Resilience4j's own timers, and go to the lane before they touch anything.
 */
final class BreakerSource implements HealthSource {
    private final EndpointBreakers breakers;
    private final String configuration;
    private final Site site;

    /** By endpoint id. Lane only. */
    private final Map<String, BreakerWatch> watched = new HashMap<>();

    BreakerSource(EndpointBreakers breakers, String configuration, Site site) {
        this.breakers = breakers;
        this.configuration = configuration;
        this.site = site;
    }

    @Override
    public void endpoints(List<Endpoint> endpoints) {
        Set<String> here = new HashSet<>(endpoints.size() * 2);
        for (Endpoint endpoint : endpoints) {
            here.add(endpoint.id());
            watched.computeIfAbsent(
                    endpoint.id(), id -> new BreakerWatch(endpoint, breakers.retain(endpoint, configuration), site));
        }
        watched.entrySet().removeIf(each -> {
            boolean gone = !here.contains(each.getKey());
            if (gone) {
                end(each.getValue());
            }
            return gone;
        });
    }

    private void end(BreakerWatch watch) {
        watch.end();
        breakers.release(watch.endpoint(), configuration);
    }

    @Override
    public void close() {
        watched.values().forEach(this::end);
        watched.clear();
    }
}
