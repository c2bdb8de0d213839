package io.inmesh.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.web.servlet.function.ServerResponse;

/** Requests of callers of Spring Cloud LoadBalancer that are not its own clients. */
class LeaseLifecycleTest {
    private static final String ORDERS = "orders.shop:http";

    private final List<String> called = new ArrayList<>();
    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .clock(clock)
            .scheduler(clock)
            .observer(new BalancerObserver() {
                @Override
                public void called(Target target, int attempts, Outcome outcome) {
                    called.add(outcome.toString());
                }
            })
            .build();
    private final LoadBalancer orders = mesh.service(ORDERS);
    private final LeaseLifecycle lifecycle =
            new LeaseLifecycle(mesh.engine().classifier(), mesh.engine().observer());

    @AfterEach
    void close() {
        mesh.close();
    }

    /** As the gateway for servlets puts it around an instance. */
    private record Around(ServiceInstance inside) implements ServiceInstance {
        @Override
        public String getServiceId() {
            return inside.getServiceId();
        }

        @Override
        public String getHost() {
            return inside.getHost();
        }

        @Override
        public int getPort() {
            return inside.getPort();
        }

        @Override
        public boolean isSecure() {
            return inside.isSecure();
        }

        @Override
        public URI getUri() {
            return inside.getUri();
        }

        @Override
        public @Nullable Map<String, String> getMetadata() {
            return inside.getMetadata();
        }
    }

    private EndpointView endpoint() {
        cluster.publish(ORDERS, Endpoint.of("10.0.0.1", 8080));
        clock.runDue();
        return orders.snapshot().endpoints().get(0);
    }

    @Test
    void an_instance_that_something_is_put_around_is_counted_and_a_servlets_answer_is_read() {
        EndpointView endpoint = endpoint();
        ServiceInstance chosen = new MeshServiceInstance("orders", orders.target(), endpoint, false, PickContext.NONE);
        Request<Object> request = new DefaultRequest<>("a request");
        DefaultResponse given = new DefaultResponse(new Around(chosen));
        lifecycle.onStartRequest(request, given);
        assertThat(endpoint.inFlight()).isEqualTo(1);
        ServerResponse answer =
                ServerResponse.status(503).header("Retry-After", "7").build();
        lifecycle.onComplete(new CompletionContext<>(CompletionContext.Status.SUCCESS, request, given, answer));
        assertThat(endpoint.inFlight()).isZero();
        assertThat(called).singleElement().asString().contains("PT7S");
        lifecycle.onStartRequest(request, given);
        lifecycle.onComplete(new CompletionContext<>(
                CompletionContext.Status.SUCCESS,
                request,
                given,
                ServerResponse.ok().build()));
        assertThat(called).hasSize(2).last().isEqualTo(Outcome.SUCCESS.toString());
    }

    @Test
    void instances_of_others_are_not_counted() {
        Request<Object> request = new DefaultRequest<>("a request");
        lifecycle.onStartRequest(
                request, new DefaultResponse(new DefaultServiceInstance("mine", "orders", "10.0.0.9", 80, false)));
        assertThat(lifecycle.running()).isZero();
        lifecycle.onStartRequest(request, new EmptyResponse());
        assertThat(lifecycle.running()).isZero();
    }
}
