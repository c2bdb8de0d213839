package io.inmesh.spring.cloud;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/** Spring Cloud's filter for WebClient, which also tells when the caller gives up: that ends the lease. */
public final class CancellationAwareFilter extends ReactorLoadBalancerExchangeFilterFunction {
    private final LeaseLifecycle leases;

    /** Like Spring Cloud's own. */
    public CancellationAwareFilter(
            ReactiveLoadBalancer.Factory<ServiceInstance> factory,
            List<LoadBalancerClientRequestTransformer> transformers,
            LeaseLifecycle leases) {
        super(factory, transformers);
        this.leases = leases;
    }

    @Override
    public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
        return Mono.defer(() -> {
            RunningRequest running = new RunningRequest();
            return super.filter(request, next)
                    .doOnCancel(() -> running.cancelled(leases))
                    .contextWrite(running::addedTo);
        });
    }
}
