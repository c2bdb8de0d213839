package io.inmesh.spring.cloud;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.engine.Policies;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.Route;
import io.inmesh.spring.http.Routes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * A service of Spring Cloud's: its id is a service's name, so that {@code lb://orders} is service {@code orders} of the own namespace, or what {@code
 * inmesh.services.orders} says of it. Nothing is watched before the first request.
 *
 * <p>Threads: any.
 */
final class CloudService implements AutoCloseable {
    private final String id;
    private final ServiceName name;
    private final Duration startupWait;
    private final Routes routes;
    private final Policies policies;

    /**
     * Creates it.
     *
     * @param settings by which the service is balanced, as said by code
     * @throws InvalidTargetException if the id can be no service's name
     */
    CloudService(String id, Mesh mesh, ConfiguredServices configured, Map<String, String> settings) {
        if (!(mesh.parse(id) instanceof ServiceTarget target)) {
            throw new InvalidTargetException("service id '" + id + "' (expected: the name of a service)");
        }
        this.id = id;
        this.name = target.name();
        this.startupWait = mesh.startupWait();
        this.policies = mesh.engine().policies();
        this.routes = new Routes(mesh, configured, settings);
    }

    String id() {
        return id;
    }

    /** The balancer, as soon as something is known of the service; a {@link RejectedException} if that takes longer than the mesh waits. */
    Mono<LoadBalancer> balancer(boolean secure) {
        Route route = routes.to(name, Routes.NO_PORT, secure);
        Route.Search search = route.search();
        if (search.found.isDone()) {
            return Mono.fromFuture(search.found, true);
        }
        return Mono.fromFuture(search.found, true) // Others wait for it, too: one that gives up takes nothing away.
                .timeout(startupWait)
                .onErrorMap(TimeoutException.class, late -> {
                    Rejection soFar = search.soFar();
                    return soFar == null
                            ? new IllegalStateException(route.first() + ": nothing has been heard of it", late)
                            : new RejectedException(soFar);
                });
    }

    /** Whether the policy that is in force goes by the key of a request. */
    boolean followsKey(LoadBalancer.Snapshot balanced) {
        Map<String, String> said = new HashMap<>();
        balanced.settings().forEach((key, setting) -> said.put(key, setting.value()));
        return policies.balancing(BalancerConfig.of(said)).policy().followsKey();
    }

    @Override
    public void close() {
        routes.close();
    }
}
