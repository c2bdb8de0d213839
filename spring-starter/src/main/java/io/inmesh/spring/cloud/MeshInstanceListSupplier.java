package io.inmesh.spring.cloud;

import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Verdict;
import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The usable endpoints of a service as a list, for a load balancer of the application's own, or for suppliers of Spring Cloud's around it: what
 * such a balancer chooses is counted like what the mesh chooses. Each subscription gets the list as it is then, without endpoints that health keeps
 * out, unless it keeps out all.
 *
 * <p>A request for https gets the endpoints of the service's https port, or is refused unless {@code inmesh.cloud.https=true}. Suppliers that ask without
 * the request, as Spring Cloud's cache does, get those for http.
 *
 * <p>Threads: any.
 */
public final class MeshInstanceListSupplier implements ServiceInstanceListSupplier {
    private final CloudService service;
    private final BridgeSettings settings;

    MeshInstanceListSupplier(CloudService service, BridgeSettings settings) {
        this.service = service;
        this.settings = settings;
    }

    @Override
    public String getServiceId() {
        return service.id();
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
        return instances(false);
    }

    @Override
    @SuppressWarnings("rawtypes") // As Spring Cloud declares it.
    public Flux<List<ServiceInstance>> get(Request request) {
        boolean secure = AskedOf.isSecure(request);
        return settings.refuses(secure)
                ? Flux.error(() -> BridgeSettings.refusalOfHttps(service.id()))
                : instances(secure);
    }

    private Flux<List<ServiceInstance>> instances(boolean secure) {
        return Flux.defer(() -> service.balancer(secure)
                .map(balancer -> usable(balancer, secure))
                .onErrorResume(RejectedException.class, rejected -> Mono.just(List.of()))
                .flux());
    }

    private List<ServiceInstance> usable(LoadBalancer balancer, boolean secure) {
        List<EndpointView> usable = balancer.snapshot().endpoints().stream()
                .filter(view -> view.endpoint().usability().isUsable() && view.weight() > 0)
                .toList();
        List<EndpointView> trusted =
                usable.stream().filter(MeshInstanceListSupplier::isTrusted).toList();
        return (trusted.isEmpty() ? usable : trusted)
                .stream()
                        .<ServiceInstance>map(view -> new MeshServiceInstance(
                                service.id(), balancer.target(), view, secure, PickContext.NONE))
                        .toList();
    }

    private static boolean isTrusted(EndpointView view) {
        Verdict.Kind kind = view.verdict().kind();
        return kind == Verdict.Kind.HEALTHY || kind == Verdict.Kind.TRIAL;
    }
}
