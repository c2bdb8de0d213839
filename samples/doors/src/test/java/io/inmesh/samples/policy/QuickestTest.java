package io.inmesh.samples.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.PickContext;
import io.inmesh.api.Target;
import io.inmesh.api.Usability;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user's policy in a mesh: found by its name, with everything that the built-in ones get. */
class QuickestTest {
    private static final long SEED = 3;
    private static final Endpoint A = Endpoint.of("10.0.0.1", 8080);
    private static final Endpoint B = Endpoint.of("10.0.0.2", 8080);
    private static final Endpoint C = Endpoint.of("10.0.0.3", 8080);

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final List<String> heard = new ArrayList<>();
    private final Mesh mesh = Mesh.builder()
            .resolvers(cluster)
            .clock(clock)
            .scheduler(clock)
            .random(new SplittableRandom(SEED))
            .observer(new BalancerObserver() {
                @Override
                public void pickerPublished(Target target, String policy, int candidates) {
                    heard.add(policy + " " + candidates);
                }
            })
            .build();

    @AfterEach
    void close() {
        mesh.close();
        clock.runDue();
    }

    private LoadBalancer orders(String query, Endpoint... endpoints) {
        LoadBalancer orders = mesh.service("orders.shop:http?policy=quickest" + query);
        publish(endpoints);
        return orders;
    }

    private void publish(Endpoint... endpoints) {
        cluster.publish("orders.shop:http", endpoints);
        clock.runDue();
    }

    /** One request on an endpoint that takes so long. */
    private void request(EndpointView endpoint, long millis, Outcome outcome) {
        Lease lease = endpoint.begin();
        clock.advance(Duration.ofMillis(millis));
        lease.complete(outcome);
    }

    private static long chosen(LoadBalancer orders, Endpoint endpoint, int requests) {
        return IntStream.range(0, requests)
                .mapToObj(i -> ((EndpointView) orders.choose(PickContext.NONE)).endpoint())
                .filter(endpoint::equals)
                .count();
    }

    @Test
    void it_is_found_by_its_name_and_observers_hear_it() {
        LoadBalancer orders = orders("", A, B, C);
        assertThat(orders.snapshot().policy()).isEqualTo("quickest");
        assertThat(heard).containsExactly("quickest 3");
    }

    @Test
    void it_gets_the_state_of_endpoints() {
        LoadBalancer orders = orders("&quickest.draws=10", A, B);
        List<EndpointView> views = orders.snapshot().endpoints();
        request(views.get(0), 20, Outcome.SUCCESS);
        request(views.get(1), 30, Outcome.SUCCESS);
        assertThat(chosen(orders, A, 100)).as("seed %d: the quicker one", SEED).isGreaterThan(95);
        Lease running = views.get(0).begin();
        assertThat(chosen(orders, B, 100)).as("twice 20 ms against 30").isGreaterThan(95);
        running.close();
        assertThat(chosen(orders, A, 100)).isGreaterThan(95);
    }

    @Test
    void it_gets_the_outcomes_so_that_failing_fast_attracts_nothing() {
        LoadBalancer orders = orders("&quickest.draws=10", A, B);
        List<EndpointView> views = orders.snapshot().endpoints();
        request(views.get(0), 1, Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT));
        request(views.get(1), 30, Outcome.SUCCESS);
        assertThat(chosen(orders, B, 100)).as("seed %d", SEED).isGreaterThan(95);
    }

    @Test
    void it_gets_the_stages() {
        LoadBalancer orders = orders("&slow-start.window=60s", A, B);
        clock.advance(Duration.ofMinutes(2));
        publish(A.withWeight(0), B, C.withUsability(new Usability.Unusable("not ready")));
        assertThat(chosen(orders, B, 100)).as("one is quiesced, one unusable").isEqualTo(100);
        publish(A, B, C);
        assertThat(orders.snapshot().endpoints())
                .extracting(EndpointView::weight)
                .as("one is new")
                .containsExactly(1.0, 1.0, 0.1);
        orders.snapshot().endpoints().forEach(view -> request(view, 10, Outcome.SUCCESS));
        assertThat(chosen(orders, C, 1_000))
                .as("ten times the cost: only where nobody else is drawn")
                .isBetween(10L, 70L);
        clock.advance(Duration.ofMinutes(1));
        assertThat(chosen(orders, A, 1_000) + chosen(orders, B, 1_000)).isLessThan(2_000);
    }

    @Test
    void a_wrong_setting_is_refused_with_its_key_its_value_and_what_is_expected() {
        assertThatThrownBy(() -> mesh.service("orders.shop:http?policy=quickest&quickest.draws=11"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quickest.draws: '11' (expected: a whole number from 1 to 10)");
        assertThatThrownBy(() -> mesh.service("orders.shop:http?policy=quickest&quickest.drwas=2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quickest.draws");
    }
}
