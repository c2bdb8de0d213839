package io.inmesh.balancer.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Locality;
import io.inmesh.api.Outcome;
import io.inmesh.api.Reason;
import io.inmesh.balancer.testing.TestEndpoints;
import org.junit.jupiter.api.Test;

/** Meters of single endpoints exist where they are asked for, and no longer than their endpoints. */
class EndpointMetersTest {
    private static final Endpoint FIRST =
            TestEndpoints.endpoint(1).withPod("orders-1").withLocality(new Locality("node-1", "zone-a"));

    @Test
    void they_are_off_by_default() {
        try (MeteredMesh fake = new MeteredMesh()) {
            fake.publish(FIRST);
            MeteredMesh.send(fake.orders(""), Outcome.SUCCESS);
            assertThat(fake.registry.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .noneMatch(name -> name.startsWith("inmesh.endpoint."));
        }
    }

    @Test
    void they_say_where_the_endpoint_is_and_leave_with_it() {
        try (MeteredMesh fake = new MeteredMesh(MeshMeters.Detail.ENDPOINTS)) {
            fake.publish(FIRST);
            LoadBalancer orders = fake.orders("");
            MeteredMesh.send(orders, Outcome.SUCCESS);
            Lease late = MeteredMesh.lease(orders);
            assertThat(fake.value("inmesh.endpoint.attempts", "endpoint", FIRST.address(), "outcome", "success"))
                    .isEqualTo(1);
            assertThat(fake.value("inmesh.endpoint.active", "pod", "orders-1", "node", "node-1", "zone", "zone-a"))
                    .isEqualTo(1);
            fake.publish(TestEndpoints.endpoint(2));
            late.complete(Outcome.SUCCESS);
            assertThat(fake.count("inmesh.endpoint.attempts")).isZero();
            assertThat(fake.count("inmesh.endpoint.active")).isEqualTo(1);
            assertThat(fake.value("inmesh.client.attempts"))
                    .as("the target has counted it")
                    .isEqualTo(2);
            fake.say(Reason.NOT_FOUND);
            assertThat(fake.count("inmesh.endpoint.active")).isZero();
        }
    }

    @Test
    void a_pod_that_takes_over_an_address_begins_at_zero() {
        try (MeteredMesh fake = new MeteredMesh(MeshMeters.Detail.ENDPOINTS)) {
            fake.publish(FIRST.withId("uid-1:8080"));
            LoadBalancer orders = fake.orders("");
            MeteredMesh.send(orders, Outcome.SUCCESS);
            fake.publish(FIRST.withId("uid-2:8080"));
            MeteredMesh.send(orders, Outcome.SUCCESS);
            assertThat(fake.value("inmesh.endpoint.attempts")).isEqualTo(1);
            assertThat(fake.value("inmesh.client.attempts")).isEqualTo(2);
        }
    }

    @Test
    void ten_thousand_replaced_endpoints_leave_nothing_behind() {
        try (MeteredMesh fake = new MeteredMesh(MeshMeters.Detail.ENDPOINTS, MeshMeters.Detail.LATENCY)) {
            fake.publish(TestEndpoints.endpoint(0), TestEndpoints.endpoint(1));
            LoadBalancer orders = fake.orders("");
            MeteredMesh.send(orders, Outcome.SUCCESS);
            int attempts = 1;
            for (int i = 0; i < 10_000; i++) {
                Lease late = MeteredMesh.lease(orders);
                fake.publish(TestEndpoints.endpoint(i + 1), TestEndpoints.endpoint(i + 2));
                MeteredMesh.send(orders, Outcome.SUCCESS);
                late.complete(Outcome.TIMEOUT);
                attempts += 2;
            }
            assertThat(fake.value("inmesh.client.attempts")).isEqualTo(attempts);
            fake.publish(TestEndpoints.endpoint(0), TestEndpoints.endpoint(1));
            assertThat(fake.count("inmesh.endpoint.active")).isEqualTo(2);
            assertThat(fake.count("inmesh.endpoint.attempts")).isZero();
            assertThat(fake.registry.getMeters()).hasSizeLessThan(60);
            fake.mesh.close();
            fake.clock.runDue();
            assertThat(fake.registry.getMeters()).isEmpty();
        }
    }
}
