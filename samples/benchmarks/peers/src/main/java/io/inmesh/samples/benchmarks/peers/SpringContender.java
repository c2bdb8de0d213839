package io.inmesh.samples.benchmarks.peers;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.SimpleObjectProvider;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring Cloud LoadBalancer's round robin, waited for as its blocking client does. It counts nothing of a request, so a cycle is the choice. */
final class SpringContender implements Contender {
    private final RoundRobinLoadBalancer balancer;
    private final Request<?> request = new DefaultRequest<>();

    SpringContender(String policy, int endpoints) {
        if (!policy.equals("round-robin")) {
            throw new IllegalArgumentException("spring/" + policy + " (expected: round-robin)");
        }
        List<ServiceInstance> instances = IntStream.range(0, endpoints)
                .<ServiceInstance>mapToObj(
                        i -> new DefaultServiceInstance("orders-" + i, "orders", "pod-" + i, 8080, false))
                .toList();
        balancer = new RoundRobinLoadBalancer(new SimpleObjectProvider<>(new AtHand(instances)), "orders");
    }

    @Override
    public Object choose(Turn turn) {
        return Objects.requireNonNull(Mono.from(balancer.choose(request)).block());
    }

    @Override
    public Object cycle(Turn turn) {
        return choose(turn);
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private record AtHand(List<ServiceInstance> instances) implements ServiceInstanceListSupplier {
        @Override
        public String getServiceId() {
            return "orders";
        }

        @Override
        public Flux<List<ServiceInstance>> get() {
            return Flux.just(instances);
        }
    }
}
