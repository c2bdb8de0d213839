package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.LoadReport;
import io.inmesh.api.PickContext;
import io.inmesh.api.Usability;
import io.inmesh.balancer.pick.StripedRandom;
import io.inmesh.balancer.testing.HeardLog;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What endpoints get of the requests of a live mesh when their reports weigh them, through each policy that has weights. */
class ReportedSharesTest {
    private static final long SEED = 58;
    private static final Map<String, String> BY_REPORTS = Map.of("weight.source", "reports");

    private final FakeMesh mesh =
            new FakeMesh(builder -> builder.random(new StripedRandom(1, new SplittableRandom(SEED))));

    private LoadBalancer balancer(String settings) {
        Map<String, String> all = new HashMap<>(BY_REPORTS);
        for (String setting : settings.split(",", -1)) {
            all.put(setting.split("=", -1)[0], setting.split("=", -1)[1]);
        }
        return mesh.mesh.service(mesh.mesh.parse(FakeMesh.ORDERS), all);
    }

    /** Each endpoint answers a request with a report, each second, for so long. */
    private void report(LoadBalancer balancer, Duration time, double... requestsAtFullUse) {
        for (long second = 0; second < time.toSeconds(); second++) {
            for (int i = 0; i < requestsAtFullUse.length; i++) {
                try (Lease lease = balancer.snapshot().endpoints().get(i).begin()) {
                    lease.report(LoadReport.of(requestsAtFullUse[i], 1));
                }
            }
            mesh.clock.advance(Duration.ofSeconds(1));
        }
    }

    private static double[] shares(LoadBalancer balancer, int requests) {
        List<Lease> leases = new ArrayList<>();
        double[] shares = new double[balancer.snapshot().endpoints().size()];
        for (int i = 0; i < requests; i++) {
            Lease lease = (Lease) balancer.pick(PickContext.NONE);
            leases.add(lease);
            for (int j = 0; j < shares.length; j++) {
                shares[j] +=
                        lease.endpoint().id().equals(TestEndpoints.endpoint(j).id()) ? 1.0 / requests : 0;
            }
        }
        leases.forEach(Lease::close);
        return shares;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "policy=round-robin",
                "policy=weighted-round-robin",
                "policy=weighted-round-robin,weighted-round-robin.sequence=smooth",
                "policy=weighted-round-robin,weighted-round-robin.sequence=edf",
                "policy=weighted-round-robin,weighted-round-robin.sequence=ipvs",
                "policy=weighted-round-robin,weighted-round-robin.sequence=stride",
                "policy=random",
                "policy=power-of-two",
                "policy=power-of-two,power-of-two.choices=3",
                "policy=peak-ewma",
                "policy=wlc",
                "policy=sed",
                "policy=nq"
            })
    @DisplayName("5.3 ORCA-weighted: shares follow the reports under every policy with weights")
    void shares_follow_the_reports(String settings) {
        try (mesh;
                LoadBalancer orders = balancer(settings)) {
            mesh.orders(TestEndpoints.endpoints(3));
            report(orders, Duration.ofSeconds(8), 100, 200, 300);
            assertThat(shares(orders, 3_000)[0]).as("blackout").isCloseTo(1.0 / 3, within(0.04));
            report(orders, Duration.ofSeconds(4), 100, 200, 300);
            double[] shares = shares(orders, 6_000);
            assertThat(shares[0]).as("seed %d", SEED).isCloseTo(1.0 / 6, within(0.02));
            assertThat(shares[1]).as("seed %d", SEED).isCloseTo(2.0 / 6, within(0.02));
            assertThat(shares[2]).as("seed %d", SEED).isCloseTo(3.0 / 6, within(0.02));
        }
    }

    @Test
    void weights_change_with_the_period_and_are_forgotten_when_reports_stop() {
        try (mesh;
                LoadBalancer orders = balancer("policy=random,weight.period=2s")) {
            mesh.orders(TestEndpoints.endpoints(2));
            report(orders, Duration.ofSeconds(20), 100, 300);
            assertThat(weights(orders)).containsExactly(0.5, 1.5);
            report(orders, Duration.ofSeconds(3), 100, 100);
            assertThat(weights(orders)).containsExactly(1.0, 1.0);
            report(orders, Duration.ofSeconds(3), 300, 100);
            assertThat(weights(orders)).containsExactly(1.5, 0.5);
            mesh.clock.advance(Duration.ofMinutes(4));
            assertThat(weights(orders)).containsExactly(1.0, 1.0);
        }
    }

    @Test
    @DisplayName("5.3: an endpoint that was away has the mean until its blackout is over again")
    void an_endpoint_that_was_away_has_the_mean_until_its_blackout_is_over() {
        try (mesh;
                LoadBalancer orders = balancer("policy=random")) {
            Endpoint[] three = TestEndpoints.endpoints(3);
            mesh.orders(three);
            report(orders, Duration.ofSeconds(20), 100, 300, 800);
            assertThat(weights(orders)).containsExactly(0.25, 0.75, 2.0);
            mesh.orders(three[0], three[1], three[2].withUsability(new Usability.Unusable("not ready")));
            mesh.orders(three);
            report(orders, Duration.ofSeconds(9), 100, 300, 800);
            assertThat(weights(orders)).as("200 is the mean of those believed").containsExactly(0.5, 1.5, 1.0);
            report(orders, Duration.ofSeconds(3), 100, 300, 800);
            assertThat(weights(orders)).containsExactly(0.25, 0.75, 2.0);
        }
    }

    @Test
    void balancers_of_one_service_share_reports_and_each_has_its_own_weights() {
        try (mesh;
                LoadBalancer byReports = balancer("policy=random");
                LoadBalancer plain = mesh.mesh.service(FakeMesh.ORDERS)) {
            mesh.orders(TestEndpoints.endpoints(2));
            report(plain, Duration.ofSeconds(20), 100, 300);
            assertThat(weights(byReports)).as("heard through the other").containsExactly(0.5, 1.5);
            assertThat(weights(plain)).containsExactly(1.0, 1.0);
        }
    }

    @Test
    void keys_do_not_move_for_reports() {
        try (mesh;
                LoadBalancer orders = balancer("policy=ring-hash")) {
            mesh.orders(TestEndpoints.endpoints(2));
            report(orders, Duration.ofSeconds(20), 100, 300);
            assertThat(weights(orders)).containsExactly(1.0, 1.0);
            assertThat(mesh.clock.timers()).isZero();
        }
    }

    @Test
    @DisplayName("5.3: where nobody reports it is counted, and said once")
    void where_nobody_reports_it_is_counted_and_said_once() {
        try (mesh;
                HeardLog log = new HeardLog();
                LoadBalancer orders = balancer("policy=random")) {
            mesh.orders(TestEndpoints.endpoints(2));
            mesh.clock.advance(Duration.ofSeconds(11));
            assertThat(fallbacks()).as("too early to say").isZero();
            mesh.clock.advance(Duration.ofSeconds(10));
            assertThat(fallbacks()).isBetween(9L, 11L);
            assertThat(log.lines("fewer than two endpoints report their load"))
                    .singleElement()
                    .asString()
                    .contains("k8s:///orders.shop:http");
            assertThat(weights(orders)).containsExactly(1.0, 1.0);
        }
    }

    private long fallbacks() {
        return mesh.events.take().stream()
                .filter(event -> event.startsWith("fell back: weight.source"))
                .count();
    }

    private static List<Double> weights(LoadBalancer balancer) {
        return balancer.snapshot().endpoints().stream()
                .map(view -> view.weight())
                .toList();
    }
}
