package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.api.Protocol;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Unresolved;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.testing.HeardEvents;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A mesh on a clock that stands, with a cluster that says what a test says. Nothing happens before {@link #run()}. */
final class FakeMesh implements AutoCloseable {
    static final String ORDERS = "orders.shop:http";
    static final ServiceFacts FACTS = ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP));

    final FakeClock clock = new FakeClock();
    final FakeEndpoints cluster = new FakeEndpoints("k8s");
    final HeardEvents events = new HeardEvents();
    final Mesh mesh;

    FakeMesh() {
        this(builder -> builder);
    }

    FakeMesh(UnaryOperator<MeshBuilder> more) {
        mesh = more.apply(Mesh.builder()
                        .resolvers(cluster)
                        .clock(clock)
                        .scheduler(clock)
                        .observer(events))
                .build();
    }

    /** Lets every lane finish what it has. */
    void run() {
        clock.runDue();
    }

    /** From now on orders has these, and every lane has heard it. */
    void orders(Endpoint... endpoints) {
        orders(FACTS, endpoints);
    }

    void orders(ServiceFacts facts, Endpoint... endpoints) {
        cluster.publish(ORDERS, facts, List.of(endpoints));
        run();
    }

    /** From now on this is said of orders, and every lane has heard it. */
    void say(Reason reason, String text) {
        cluster.say(ORDERS, new Unresolved(reason, text));
        run();
    }

    static ServiceFacts annotated(String policy) {
        return FACTS.withAnnotations(Map.of("policy", policy));
    }

    static Endpoint picked(LoadBalancer balancer) {
        return view(balancer).endpoint();
    }

    static EndpointView view(LoadBalancer balancer) {
        Choice choice = balancer.choose(PickContext.NONE);
        assertThat(choice).isInstanceOf(EndpointView.class);
        return (EndpointView) choice;
    }

    static Lease lease(LoadBalancer balancer) {
        return (Lease) balancer.pick(PickContext.NONE);
    }

    static Rejection rejection(LoadBalancer balancer) {
        Choice choice = balancer.choose(PickContext.NONE);
        assertThat(choice).isInstanceOf(Rejection.class);
        return (Rejection) choice;
    }

    CompletionStage<LoadBalancer> ready(LoadBalancer balancer, Duration limit) {
        CompletionStage<LoadBalancer> ready = balancer.whenReady(limit);
        run();
        return ready;
    }

    /** Closes the mesh and looks for what it left behind. */
    @Override
    public void close() {
        mesh.close();
        run();
        assertThat(clock.timers()).as("timers").isZero();
        assertThat(cluster.resolvers()).as("resolvers").isZero();
        assertThat(mesh.engine().states().size())
                .as("service ports with states")
                .isZero();
        assertThat(mesh.engine().budgets().size()).as("budgets").isZero();
        assertThat(mesh.snapshots()).as("balancers").isEmpty();
    }
}
