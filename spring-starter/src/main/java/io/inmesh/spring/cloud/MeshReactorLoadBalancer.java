package io.inmesh.spring.cloud;

import io.inmesh.api.Choice;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import reactor.core.publisher.Mono;

/**
 * Chooses by the mesh: policies, locality and health of {@code inmesh.*}, on the endpoints as they are now. Choosing counts nothing; see {@link
 * LeaseLifecycle}.
 *
 * <p>Threads: any. The first choice waits for the service's endpoints, up to {@code inmesh.startup-wait}.
 */
final class MeshReactorLoadBalancer implements ReactorServiceInstanceLoadBalancer {
    private static final Logger log = LoggerFactory.getLogger(MeshReactorLoadBalancer.class);

    private final CloudService service;
    private final BridgeSettings settings;
    private final Function<Request<?>, AskedOf> reader;

    /** What the log has told last. Written by whoever finds something new; read by all. */
    private final AtomicReference<@Nullable Rejection> told = new AtomicReference<>();

    /** Whether any request had a hint. Set by the first. */
    private final AtomicBoolean hintSeen = new AtomicBoolean();

    MeshReactorLoadBalancer(CloudService service, BridgeSettings settings, Function<Request<?>, AskedOf> reader) {
        this.service = service;
        this.settings = settings;
        this.reader = reader;
    }

    @Override
    @SuppressWarnings("rawtypes") // As Spring Cloud declares it.
    public Mono<Response<ServiceInstance>> choose(Request request) {
        return Mono.deferContextual(view -> {
            RunningRequest.of(view).isFor(request);
            AskedOf asked = reader.apply(request);
            if (settings.refuses(asked.secure())) {
                return Mono.error(BridgeSettings.refusalOfHttps(service.id()));
            }
            return service.balancer(asked.secure())
                    .map(balancer -> chosen(balancer, asked))
                    .onErrorResume(RejectedException.class, rejected -> Mono.just(none(rejected.rejection())));
        });
    }

    private Response<ServiceInstance> chosen(LoadBalancer balancer, AskedOf asked) {
        tellIfHintIsInVain(balancer, asked);
        Choice choice = balancer.choose(asked.context());
        if (choice instanceof EndpointView endpoint) {
            told.set(null);
            return new DefaultResponse(new MeshServiceInstance(
                    service.id(), balancer.target(), endpoint, asked.secure(), asked.context()));
        }
        return none((Rejection) choice);
    }

    /** Spring Cloud's clients have no place for a reason, so the log tells it, once for each. */
    private Response<ServiceInstance> none(Rejection rejection) {
        if (!rejection.equals(told.getAndSet(rejection))) {
            log.warn("no endpoint for service {}: {}", service.id(), rejection);
        }
        return new EmptyResponse();
    }

    /** A hint is no filter here, as it is with Spring Cloud's supplier of that name: where it does nothing at all, that is said once. */
    private void tellIfHintIsInVain(LoadBalancer balancer, AskedOf asked) {
        if (asked.context().key() == null || hintSeen.get() || hintSeen.getAndSet(true)) {
            return;
        }
        LoadBalancer.Snapshot now = balancer.snapshot();
        if (!service.followsKey(now)) {
            log.warn(
                    "service {}: a request has a hint, and policy '{}' does not go by keys, so the hint has no effect; a hint"
                            + " is the key of policies such as destination-hash, and chooses no instances by their metadata"
                            + " (set inmesh.services.{}.policy, or leave the hint out)",
                    service.id(),
                    now.policy(),
                    service.id());
        }
    }
}
