package io.inmesh.balancer.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Usability;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.config.CheckConfig;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.testing.HeardEvents;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What active checks find, and whom requests are sent to then: a mesh on a clock that stands, whose endpoints are as well as a test says. */
class CheckedMeshTest {
    private static final Endpoint A = TestEndpoints.endpoint(1);
    private static final Endpoint B = TestEndpoints.endpoint(2);
    private static final String ORDERS = "orders.shop:http";
    private static final Duration A_FEW_QUESTIONS = Duration.ofSeconds(50);

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final HeardEvents events = new HeardEvents();

    /** Those that answer badly. */
    private final Set<Endpoint> unwell = new HashSet<>();

    /** What it is asked for. */
    private String path = "/healthz";

    /** The same demand as that of a mesh, but for the answers. */
    private final HealthSource.Demand demand = (config, key) -> new Asked(this, asking(path));

    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .clock(clock)
            .scheduler(clock)
            .observer(events)
            .defaults(Map.of("policy", "round-robin", "eject.enabled", "false"))
            .health(demand)
            .build();
    private final LoadBalancer orders = mesh.service(ORDERS);

    private static CheckConfig asking(String path) {
        return new CheckConfig(CheckConfig.Mode.HTTP, Duration.ofSeconds(10), Duration.ofSeconds(1), 3, 2, path, "");
    }

    private record Asked(CheckedMeshTest test, CheckConfig config) implements HealthSource.Kind {
        @Override
        public String name() {
            return "active check";
        }

        @Override
        public boolean succeeds(HealthSource.Kind previous) {
            return new Checks.Kind(config).succeeds(new Checks.Kind(((Asked) previous).config));
        }

        @Override
        public HealthSource begin(HealthSource.Site site) {
            return new ActiveChecks(config, test::ask, site);
        }
    }

    private CompletableFuture<Void> ask(Endpoint endpoint) {
        return unwell.contains(endpoint)
                ? CompletableFuture.failedFuture(new Check.NotWellException("status 503"))
                : CompletableFuture.completedFuture(null);
    }

    private void publish(Endpoint... endpoints) {
        cluster.publish(ORDERS, endpoints);
        clock.runDue();
    }

    private Set<Endpoint> picked() {
        Set<Endpoint> picked = new HashSet<>();
        for (int i = 0; i < 100; i++) { // Who is just back has a tenth of its weight.
            Lease lease = (Lease) orders.pick(PickContext.NONE);
            lease.complete(Outcome.SUCCESS);
            picked.add(lease.endpoint());
        }
        return picked;
    }

    private List<String> healthEvents() {
        return events.take().stream()
                .filter(event -> event.startsWith("ejected") || event.startsWith("restored"))
                .toList();
    }

    @BeforeEach
    void b_is_found_unwell() {
        unwell.add(B);
        publish(A, B);
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactly(A);
        assertThat(healthEvents()).singleElement().asString().startsWith("ejected");
    }

    @AfterEach
    void nothing_is_left_when_it_is_closed() {
        orders.close();
        mesh.close();
        clock.runDue();
        assertThat(clock.timers()).as("timers").isZero();
    }

    @Test
    void one_that_was_out_and_then_not_ready_gets_requests_again_once_it_is_ready_and_well() {
        publish(A, B.withUsability(new Usability.Unusable("C-2")));
        clock.advance(A_FEW_QUESTIONS);
        unwell.clear();
        publish(A, B);
        assertThat(picked()).as("nobody has asked it yet").containsExactly(A);
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactlyInAnyOrder(A, B);
        assertThat(healthEvents()).containsExactly("restored " + B.address());
    }

    @Test
    void one_that_was_out_and_then_not_ready_stays_out_while_it_is_not_well() {
        publish(A, B.withUsability(new Usability.Draining("C-4")));
        publish(A, B);
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactly(A);
        assertThat(healthEvents()).isEmpty();
    }

    @Test
    void one_that_left_and_came_back_begins_anew() {
        publish(A);
        publish(A, B);
        assertThat(picked()).containsExactlyInAnyOrder(A, B);
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactly(A);
    }

    /** Any other setting: it has the configuration read again. */
    private void askOtherwise() {
        path = "/well";
        mesh.configure(Map.of("policy", "round-robin", "eject.enabled", "false", "retry.attempts", "2"), Map.of());
        clock.runDue();
    }

    @Test
    void one_that_is_out_stays_out_when_it_is_to_be_asked_otherwise_until_it_is_well() {
        askOtherwise();
        assertThat(picked()).containsExactly(A);
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactly(A);
        assertThat(healthEvents()).isEmpty();
        unwell.clear();
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactlyInAnyOrder(A, B);
        assertThat(healthEvents()).containsExactly("restored " + B.address());
    }

    @Test
    void so_does_one_that_is_not_ready_at_that_moment() {
        publish(A, B.withUsability(new Usability.Unusable("C-2")));
        askOtherwise();
        publish(A, B);
        assertThat(picked()).containsExactly(A);
        unwell.clear();
        clock.advance(A_FEW_QUESTIONS);
        assertThat(picked()).containsExactlyInAnyOrder(A, B);
    }
}
