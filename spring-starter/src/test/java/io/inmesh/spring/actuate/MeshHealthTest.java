package io.inmesh.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.testing.FakeClock;
import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.engine.LiveViews;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a mesh says of its health. */
@ExtendWith(OutputCaptureExtension.class)
class MeshHealthTest {
    private static final Duration STALE_AFTER = Duration.ofMinutes(5);

    private final FakeClock clock = new FakeClock();
    private final FakeEndpoints cluster = new FakeEndpoints("k8s");
    private final Mesh mesh = meshOf(cluster);

    private Mesh meshOf(ResolverProvider provider) {
        return Mesh.builder().resolvers(provider).clock(clock).scheduler(clock).build();
    }

    private Health health(Mesh looked, String... required) {
        clock.runDue();
        return new MeshHealthIndicator(looked, STALE_AFTER, List.of(required), target -> false).health();
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    @Test
    void a_mesh_that_nobody_uses_is_up() {
        Health health = health(mesh, "*");
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("services", 0).doesNotContainKey("troubled");
    }

    @Test
    void services_with_endpoints_are_up() {
        cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 80));
        try (LoadBalancer orders = mesh.service("orders.shop:http")) {
            assertThat(health(mesh).getStatus()).isEqualTo(Status.UP);
            assertThat(orders.snapshot().rejection()).isNull();
        }
    }

    @Test
    void a_service_never_heard_from_and_one_that_is_empty_are_unknown_and_said() {
        cluster.publish("bills.shop:http");
        try (LoadBalancer orders = mesh.service("orders.shop:http");
                LoadBalancer bills = mesh.service("bills.shop:http")) {
            Health health = health(mesh);
            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails().get("troubled"))
                    .asString()
                    .contains(orders.target() + "=NOT_SYNCED: ", bills.target() + "=NO_ENDPOINTS: ");
        }
    }

    @Test
    void a_required_service_without_endpoints_is_down_under_each_of_its_names() {
        cluster.say("orders.shop:http", new Unresolved(Reason.NOT_FOUND, "there is no such Service"));
        try (LoadBalancer orders = mesh.service("orders.shop:http")) {
            assertThat(health(mesh, "bills").getStatus()).isEqualTo(Status.UNKNOWN);
            for (String name : List.of("orders", "orders.shop", "Orders.Shop:http", "*")) {
                Health health = health(mesh, name);
                assertThat(health.getStatus()).as(name).isEqualTo(Status.DOWN);
                assertThat(health.getDetails().get("troubled")).asString().contains("there is no such Service");
            }
            assertThat(orders.target().scheme()).isEqualTo("k8s");
        }
    }

    @Test
    void old_knowledge_is_unknown_and_never_down() {
        Endpoint endpoint = Endpoint.of("10.0.0.1", 80);
        try (Mesh fresh = meshOf(new Aged(endpoint, STALE_AFTER, false));
                LoadBalancer orders = fresh.service("orders.shop:http")) {
            assertThat(health(fresh).getStatus()).as("%s at the limit", orders).isEqualTo(Status.UP);
        }
        try (Mesh old = meshOf(new Aged(endpoint, STALE_AFTER.plusSeconds(1), false));
                LoadBalancer orders = old.service("orders.shop:http")) {
            Health health = health(old, "*");
            assertThat(health.getStatus()).as("%s", orders).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails().get("troubled"))
                    .asString()
                    .contains("stale: nothing was heard of endpointslices for 301 s");
        }
        try (Mesh kept = meshOf(new Aged(endpoint, Duration.ZERO, true));
                LoadBalancer orders = kept.service("orders.shop:http")) {
            Health health = health(kept, "*");
            assertThat(health.getStatus()).as("%s", orders).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails().get("troubled")).asString().contains("kept from an earlier start");
        }
    }

    @Test
    void what_is_only_looked_up_is_no_part_of_health_unless_its_name_is_required() {
        try (LoadBalancer outside = mesh.service("github.com:443")) {
            Predicate<Target> lookedUp = outside.target()::equals;
            clock.runDue();
            assertThat(new MeshHealthIndicator(mesh, STALE_AFTER, List.of("*"), lookedUp)
                            .health()
                            .getStatus())
                    .isEqualTo(Status.UP);
            assertThat(new MeshHealthIndicator(mesh, STALE_AFTER, List.of("github.com"), lookedUp)
                            .health()
                            .getStatus())
                    .isEqualTo(Status.DOWN);
        }
    }

    @Test
    void a_channel_is_part_of_health_even_if_its_target_is_looked_up() {
        try (LoadBalancer orders = mesh.service("orders.shop:80")) {
            LiveViews.View channel = orders::snapshot;
            mesh.engine().views().add(channel);
            clock.runDue();
            Predicate<Target> lookedUp = orders.target()::equals;
            Health health = new MeshHealthIndicator(mesh, STALE_AFTER, List.of(), lookedUp).health();
            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails()).containsEntry("services", 1);
            mesh.engine().views().remove(channel);
        }
    }

    @Test
    void a_required_name_that_is_never_in_use_is_said_in_the_details_and_once_in_the_log(CapturedOutput log) {
        String warning = "no service named 'ordres.shop' has been in use since start";
        cluster.publish("orders.shop:http", Endpoint.of("10.0.0.1", 80));
        try (LoadBalancer orders = mesh.service("orders.shop:http")) {
            clock.runDue();
            MeshHealthIndicator indicator =
                    new MeshHealthIndicator(mesh, STALE_AFTER, List.of("ordres.shop", "orders.shop"), target -> false);
            assertThat(indicator.health().getDetails())
                    .containsEntry("required but not in use", List.of("ordres.shop"));
            assertThat(log).doesNotContain(warning);
            clock.advance(STALE_AFTER);
            indicator.health();
            indicator.health();
            assertThat(log).containsOnlyOnce(warning).contains("in use: [" + orders.target());
        }
    }

    /** Knows one endpoint of everything, since so long ago. */
    private record Aged(Endpoint endpoint, Duration age, boolean stale) implements ResolverProvider {
        @Override
        public String scheme() {
            return "k8s";
        }

        @Override
        public Resolver newResolver(Target target, Context context) {
            return new Resolver() {
                @Override
                public void start(Listener listener) {
                    ServiceFacts facts = ServiceFacts.of(ServiceKey.of(target));
                    listener.onUpdate(new EndpointSet(facts, 1, List.of(endpoint), null, stale, null));
                }

                @Override
                public List<WatchAge> ages() {
                    return List.of(new WatchAge("endpointslices", age, false));
                }

                @Override
                public void close() {}
            };
        }
    }
}
