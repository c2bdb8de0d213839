package io.inmesh.balancer.micrometer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;

/** A mesh with meters, a clock that stands and a cluster that says what a test says. */
final class MeteredMesh implements AutoCloseable {
    static final String ORDERS = "orders.shop:http";
    static final ServiceFacts FACTS = ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final FakeClock clock = new FakeClock();
    final FakeEndpoints cluster = new FakeEndpoints("k8s");
    final MeshMeters meters;
    final Mesh mesh;

    MeteredMesh(MeshMeters.Detail... details) {
        meters = new MeshMeters(registry, details);
        mesh = Mesh.builder()
                .resolvers(cluster)
                .clock(clock)
                .scheduler(clock)
                .observer(meters)
                .build();
        meters.readInFlight(mesh);
    }

    LoadBalancer orders(String query) {
        LoadBalancer balancer = mesh.service("k8s:///" + ORDERS + query);
        clock.runDue();
        return balancer;
    }

    void publish(Endpoint... endpoints) {
        publish(FACTS, endpoints);
    }

    void publish(ServiceFacts facts, Endpoint... endpoints) {
        cluster.publish(ORDERS, facts, List.of(endpoints));
        clock.runDue();
    }

    void say(Reason reason) {
        cluster.say(ORDERS, new Unresolved(reason, "said by a test"));
        clock.runDue();
    }

    static ServiceFacts annotated(String policy) {
        return FACTS.withAnnotations(Map.of("policy", policy));
    }

    static Lease lease(LoadBalancer balancer) {
        return (Lease) balancer.pick(PickContext.NONE);
    }

    static void send(LoadBalancer balancer, Outcome outcome) {
        lease(balancer).complete(outcome);
    }

    /** Has that endpoint fail until health takes it out. */
    void eject(LoadBalancer balancer, Endpoint endpoint) {
        for (int i = 0; i < 5; i++) {
            send(balancer, endpoint, Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT));
        }
    }

    /** A request to that very endpoint. */
    void send(LoadBalancer balancer, Endpoint endpoint, Outcome outcome) {
        EndpointView view = balancer.snapshot().endpoints().stream()
                .filter(each -> each.endpoint().id().equals(endpoint.id()))
                .findFirst()
                .orElseThrow();
        view.begin().complete(outcome);
        clock.runDue();
    }

    /** What balancers and doors tell. */
    BalancerObserver told() {
        return mesh.engine().observer();
    }

    /** The sum of counters or gauges of that name with these tags. */
    double value(String name, String... tags) {
        double sum = 0;
        for (Meter meter : registry.find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    /** How many meters of that name there are. */
    int count(String name, String... tags) {
        return registry.find(name).tags(tags).meters().size();
    }

    @Override
    public void close() {
        mesh.close();
        clock.runDue();
    }
}
