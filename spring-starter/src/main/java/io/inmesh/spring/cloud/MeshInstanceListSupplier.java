package io.inmesh.spring.cloud;

import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.RejectedException;
import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The usable endpoints of a service as a list, for a load balancer of the application's own, or for suppliers of Spring Cloud's around it: what
 * such a balancer chooses is counted like what the mesh chooses. Each subscription gets the list as it is then.
 *
 * <p>Threads: any.
 */
public final class MeshInstanceListSupplier implements ServiceInstanceListSupplier {
    private final CloudService service;

    MeshInstanceListSupplier(CloudService service) {
        this.service = service;
    }

    @Override
    public String getServiceId() {
        return service.id();
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
        return Flux.defer(() -> service.balancer(false)
                .map(this::usable)
                .onErrorResume(RejectedException.class, rejected -> Mono.just(List.of()))
                .flux());
    }

    private List<ServiceInstance> usable(LoadBalancer balancer) {
        return balancer.snapshot().endpoints().stream()
                .filter(view -> view.endpoint().usability().isUsable() && view.weight() > 0)
                .map(this::instance)
                .toList();
    }

    private ServiceInstance instance(EndpointView view) {
        return new MeshServiceInstance(service.id(), view, false, PickContext.NONE);
    }
}
