package io.inmesh.samples.benchmarks.peers;

import io.smallrye.mutiny.Uni;
import io.smallrye.stork.api.LoadBalancer;
import io.smallrye.stork.api.Service;
import io.smallrye.stork.api.ServiceDiscovery;
import io.smallrye.stork.api.ServiceInstance;
import io.smallrye.stork.api.observability.NoopObservationCollector;
import io.smallrye.stork.impl.DefaultServiceInstance;
import io.smallrye.stork.impl.RoundRobinConfiguration;
import io.smallrye.stork.impl.RoundRobinLoadBalancerProvider;
import io.smallrye.stork.loadbalancer.poweroftwochoices.PowerOfTwoChoicesConfiguration;
import io.smallrye.stork.loadbalancer.poweroftwochoices.PowerOfTwoChoicesLoadBalancerProvider;
import io.smallrye.stork.loadbalancer.requests.LeastRequestsConfiguration;
import io.smallrye.stork.loadbalancer.requests.LeastRequestsLoadBalancerProvider;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Stork's services, asked with the instances at hand and in order, which spares them the discovery. A cycle records the request's start, answer
 * and end.
 */
final class StorkContender implements Contender {
    private final Service service;
    private final List<ServiceInstance> instances;

    StorkContender(String policy, int endpoints) {
        instances = IntStream.range(0, endpoints)
                .<ServiceInstance>mapToObj(i -> new DefaultServiceInstance(i, "pod-" + i, 8080, false))
                .toList();
        ServiceDiscovery discovery = () -> Uni.createFrom().item(instances);
        LoadBalancer balancer =
                switch (policy) {
                    case "round-robin" ->
                        new RoundRobinLoadBalancerProvider()
                                .createLoadBalancer(new RoundRobinConfiguration(), discovery);
                    case "least-requests" ->
                        new LeastRequestsLoadBalancerProvider()
                                .createLoadBalancer(new LeastRequestsConfiguration(), discovery);
                    case "power-of-two-choices" ->
                        new PowerOfTwoChoicesLoadBalancerProvider()
                                .createLoadBalancer(new PowerOfTwoChoicesConfiguration(), discovery);
                    default ->
                        throw new IllegalArgumentException(
                                "stork/" + policy + " (expected: round-robin, least-requests or power-of-two-choices)");
                };
        service = new Service(
                "orders",
                policy,
                "at-hand",
                new NoopObservationCollector(),
                balancer,
                discovery,
                null,
                balancer.requiresStrictRecording());
    }

    @Override
    public Object choose(Turn turn) {
        return service.selectInstance(instances);
    }

    @Override
    public Object cycle(Turn turn) {
        ServiceInstance instance = service.selectInstanceAndRecordStart(instances, true);
        instance.recordReply();
        instance.recordEnd(null);
        return instance;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
