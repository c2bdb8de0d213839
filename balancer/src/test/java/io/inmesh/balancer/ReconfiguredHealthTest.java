package io.inmesh.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Outcome;
import io.inmesh.api.Outcome.Delivery;
import io.inmesh.api.Outcome.Origin;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.testing.TestEndpoints;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of endpoints' health outlives a change of the rules by which it is found. */
class ReconfiguredHealthTest {
    private static final Outcome FAILED = Outcome.failure(Origin.EXTERNAL, Delivery.SENT);
    private static final Endpoint BAD = TestEndpoints.endpoint(1);
    private static final String CHANGED = "eject.success-rate-factor";

    private final FakeMesh fake = new FakeMesh(builder -> builder.defaults(settings()));
    private final LoadBalancer orders = fake.mesh.service(FakeMesh.ORDERS);

    private static Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of("policy", "round-robin", "eject.jitter", "off"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private void configure(String... more) {
        fake.mesh.configure(settings(more), Map.of());
    }

    /** So many requests; how many went to {@link #BAD}, which all end so. */
    private int requests(LoadBalancer balancer, int count, Outcome ofBad) {
        int bad = 0;
        for (int i = 0; i < count; i++) {
            Lease lease = FakeMesh.lease(balancer);
            boolean atBad = lease.endpoint().equals(BAD);
            bad += atBad ? 1 : 0;
            lease.complete(atBad ? ofBad : Outcome.SUCCESS);
            fake.run();
        }
        return bad;
    }

    private Verdict.Kind ofBad(LoadBalancer balancer) {
        return balancer.snapshot().endpoints().stream()
                .filter(each -> each.endpoint().equals(BAD))
                .map(EndpointView::verdict)
                .findFirst()
                .orElseThrow()
                .kind();
    }

    private List<String> healthEvents() {
        return fake.events.take().stream()
                .filter(event -> event.startsWith("ejected") || event.startsWith("restored"))
                .toList();
    }

    @BeforeEach
    void one_is_ejected() {
        fake.orders(TestEndpoints.endpoints(4));
        assertThat(requests(orders, 40, FAILED)).isEqualTo(5);
        assertThat(healthEvents()).hasSize(1);
    }

    @AfterEach
    void nothing_is_left() {
        orders.close();
        fake.close();
    }

    @Test
    void who_is_out_stays_out_until_his_time_is_over_and_nobody_hears_of_the_change() {
        fake.clock.advance(Duration.ofSeconds(29));
        configure(CHANGED, "2500");
        fake.run();
        assertThat(fake.events.take())
                .as("nobody is ejected or restored, and at no moment was there a picker of all four")
                .noneMatch(event -> event.startsWith("ejected") || event.startsWith("restored"))
                .noneMatch(event -> event.startsWith("picker") && event.endsWith(" 4"));
        assertThat(requests(orders, 100, FAILED)).isZero();
        fake.clock.advance(Duration.ofSeconds(1));
        assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.TRIAL);
        assertThat(requests(orders, 100, Outcome.SUCCESS)).isPositive();
        assertThat(healthEvents()).containsExactly("restored " + BAD.address());
    }

    @Test
    void times_out_go_on_growing() {
        configure(CHANGED, "2500");
        fake.clock.advance(Duration.ofSeconds(30));
        requests(orders, 100, FAILED);
        assertThat(healthEvents()).singleElement().asString().endsWith("PT1M");
        configure(CHANGED, "2600");
        fake.clock.advance(Duration.ofSeconds(60));
        requests(orders, 100, FAILED);
        assertThat(healthEvents()).singleElement().asString().endsWith("PT1M30S");
    }

    @Test
    void a_trial_goes_on_by_the_new_rules() {
        fake.clock.advance(Duration.ofSeconds(30));
        assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.TRIAL);
        configure(CHANGED, "2500");
        fake.run();
        assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.TRIAL);
        assertThat(healthEvents()).isEmpty();
        assertThat(requests(orders, 100, Outcome.SUCCESS)).isPositive();
        assertThat(healthEvents()).containsExactly("restored " + BAD.address());
        assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.HEALTHY);
    }

    @Test
    void all_balancers_of_the_port_keep_it_and_one_with_rules_of_its_own_is_not_touched() {
        try (LoadBalancer same = fake.mesh.service(FakeMesh.ORDERS + "?policy=random");
                LoadBalancer own = fake.mesh.service(FakeMesh.ORDERS + "?eject.consecutive=7")) {
            fake.run();
            assertThat(ofBad(own)).as("its own rules have not met it").isEqualTo(Verdict.Kind.HEALTHY);
            configure(CHANGED, "2500");
            fake.run();
            assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.EJECTED);
            assertThat(ofBad(same)).isEqualTo(Verdict.Kind.EJECTED);
            assertThat(ofBad(own)).isEqualTo(Verdict.Kind.HEALTHY);
        }
    }

    @Test
    void switching_it_off_forgets_and_observers_hear_that_it_is_back() {
        fake.mesh.configure(Map.of("policy", "round-robin", "eject.enabled", "false"), Map.of());
        fake.run();
        assertThat(healthEvents()).containsExactly("restored " + BAD.address());
        assertThat(ofBad(orders)).isEqualTo(Verdict.Kind.HEALTHY);
        configure();
        fake.run();
        assertThat(ofBad(orders)).as("begun anew").isEqualTo(Verdict.Kind.HEALTHY);
    }

    @Test
    void closing_the_last_balancer_is_no_return_to_health() {
        orders.close();
        fake.run();
        assertThat(healthEvents()).isEmpty();
    }
}
