package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.LoadReport;
import io.inmesh.api.PickContext;
import io.inmesh.api.Prober;
import io.inmesh.api.Reason;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an application gives a mesh to weigh and to ask endpoints: a function for weights, a prober. */
class ToldWeightsTest {

    private static long chosen(LoadBalancer balancer, int requests, Endpoint endpoint) {
        return IntStream.range(0, requests)
                .mapToObj(i -> FakeMesh.picked(balancer))
                .filter(endpoint::equals)
                .count();
    }

    @Test
    void weights_from_code_decide_the_shares() {
        Endpoint[] three = TestEndpoints.endpoints(3);
        Map<String, Integer> weights = Map.of(three[0].host(), 1, three[1].host(), 3, three[2].host(), 0);
        try (FakeMesh mesh = new FakeMesh(builder -> builder.weights(endpoint -> weights.get(endpoint.host())));
                LoadBalancer orders = mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), Map.of("policy", "wrr"))) {
            mesh.orders(three);
            assertThat(chosen(orders, 400, three[0])).isBetween(95L, 105L);
            assertThat(chosen(orders, 400, three[1])).isBetween(295L, 305L);
            assertThat(chosen(orders, 400, three[2])).as("quiesced").isZero();
        }
    }

    @Test
    void they_hold_for_policies_that_follow_a_key_and_all_zero_is_all_quiesced() {
        Endpoint[] two = TestEndpoints.endpoints(2);
        AtomicInteger weight = new AtomicInteger(3);
        try (FakeMesh mesh = new FakeMesh(builder ->
                        builder.weights(endpoint -> endpoint.equals(two[1]) ? weight.get() : weight.get() / 3));
                LoadBalancer orders = mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), Map.of("policy", "hrw"))) {
            mesh.orders(two);
            long second = IntStream.range(0, 4_000)
                    .mapToObj(i -> ((EndpointView) orders.choose(PickContext.NONE.withKey("key-" + i))).endpoint())
                    .filter(two[1]::equals)
                    .count();
            assertThat(second).isBetween(2_850L, 3_150L);
            weight.set(0);
            mesh.orders(two);
            assertThat(FakeMesh.rejection(orders).reason()).isEqualTo(Reason.NO_ENDPOINTS);
            assertThat(FakeMesh.rejection(orders).text()).contains("all quiesced");
        }
    }

    @Test
    void they_are_the_base_that_reports_and_slow_start_multiply() {
        Endpoint[] three = TestEndpoints.endpoints(3);
        Map<String, String> settings =
                Map.of("policy", "random", "weight.source", "reports", "slow-start.window", "60s");
        try (FakeMesh mesh = new FakeMesh(builder -> builder.weights(endpoint -> 8));
                LoadBalancer orders = mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), settings)) {
            mesh.orders(three[0], three[1]);
            for (int second = 0; second < 20; second++) {
                for (int i = 0; i < 2; i++) {
                    try (Lease lease = orders.snapshot().endpoints().get(i).begin()) {
                        lease.report(LoadReport.of(i == 0 ? 100 : 300, 1));
                    }
                }
                mesh.clock.advance(Duration.ofSeconds(1));
            }
            mesh.clock.advance(Duration.ofSeconds(60));
            mesh.orders(three);
            assertThat(orders.snapshot().endpoints())
                    .extracting(EndpointView::weight)
                    .containsExactly(4.0, 12.0, 0.8);
        }
    }

    @Test
    void a_prober_is_asked_for_each_request_and_its_answers_place_later_ones() {
        Endpoint[] many = TestEndpoints.endpoints(40);
        AtomicInteger asked = new AtomicInteger();
        Prober prober = (endpoint, answers) -> {
            asked.incrementAndGet();
            // One is idle and quick, the others are busy.
            boolean idle = endpoint.endpoint().equals(many[7]);
            answers.answered(endpoint, idle ? 0 : 50, idle ? 1e6 : 90e6);
        };
        try (FakeMesh mesh = new FakeMesh(builder -> builder.prober(prober));
                LoadBalancer orders = mesh.mesh.service(FakeMesh.ORDERS + "?policy=prequal")) {
            mesh.orders(many);
            assertThat(chosen(orders, 1_000, many[7]))
                    .as("by lot it would be 25")
                    .isGreaterThan(60);
            assertThat(asked).hasValue(3_000);
            assertThat(mesh.events.take()).noneMatch(event -> event.startsWith("fell back"));
        }
    }

    @Test
    void a_prober_that_fails_is_logged_once_and_breaks_no_pick() {
        Prober failing = (endpoint, answers) -> {
            throw new IllegalStateException("no connection");
        };
        try (FakeMesh mesh = new FakeMesh(builder -> builder.prober(failing));
                HeardLog log = new HeardLog();
                LoadBalancer orders = mesh.mesh.service(FakeMesh.ORDERS + "?policy=prequal")) {
            mesh.orders(TestEndpoints.endpoints(3));
            for (int i = 0; i < 100; i++) {
                FakeMesh.picked(orders);
            }
            assertThat(log.lines("failed; its further failures are not logged")).hasSize(1);
        }
    }

    @Test
    void responses_that_report_feed_prequal_without_a_prober() {
        Endpoint[] two = TestEndpoints.endpoints(2);
        try (FakeMesh mesh = new FakeMesh();
                LoadBalancer orders = mesh.mesh.service(FakeMesh.ORDERS + "?policy=prequal&prequal.removed=0")) {
            mesh.orders(two);
            for (EndpointView view : orders.snapshot().endpoints()) {
                boolean first = view.endpoint().equals(two[0]);
                try (Lease lease = view.begin()) {
                    lease.report(LoadReport.inFlight(1, Duration.ofMillis(first ? 80 : 2)));
                }
            }
            assertThat(FakeMesh.picked(orders)).isEqualTo(two[1]);
            assertThat(mesh.events.take()).noneMatch(event -> event.startsWith("fell back"));
        }
    }

    @Test
    void where_nobody_answers_prequal_observers_count_it_and_the_log_says_it_once() {
        try (FakeMesh mesh = new FakeMesh();
                HeardLog log = new HeardLog();
                LoadBalancer orders = mesh.mesh.service(FakeMesh.ORDERS + "?policy=prequal")) {
            mesh.orders(TestEndpoints.endpoints(2));
            FakeMesh.picked(orders);
            mesh.clock.advance(Duration.ofSeconds(11));
            mesh.events.take();
            for (int i = 0; i < 5; i++) {
                FakeMesh.picked(orders);
            }
            assertThat(log.lines("no endpoint answers"))
                    .as("a request waits for no log")
                    .isEmpty();
            mesh.run();
            List<String> events = mesh.events.take();
            assertThat(events).hasSize(5).allMatch(event -> event.startsWith("fell back: policy prequal"));
            assertThat(log.lines("no endpoint answers"))
                    .singleElement()
                    .asString()
                    .contains("k8s:///orders.shop:http");
        }
    }
}
