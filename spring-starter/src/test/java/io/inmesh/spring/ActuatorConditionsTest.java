package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.testing.FakeEndpoints;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.actuate.MeshEndpoint;
import io.inmesh.spring.actuate.MeshHealthIndicator;
import io.inmesh.spring.actuate.MeshInfoContributor;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.ResourceAccessException;

/** When endpoint, health and info are there, and when not. */
class ActuatorConditionsTest {
    private final ApplicationContextRunner context = Contexts.with(new FakeEndpoints("k8s"))
            .withConfiguration(
                    AutoConfigurations.of(InmeshActuatorAutoConfiguration.class, InmeshHealthAutoConfiguration.class));

    @Test
    void the_endpoint_is_there_where_it_is_exposed_and_accessible() {
        context.run(started -> assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean(MeshEndpoint.class));
        context.withPropertyValues("management.endpoints.web.exposure.include=inmesh")
                .run(started -> assertThat(started).hasSingleBean(MeshEndpoint.class));
        context.withPropertyValues(
                        "management.endpoints.web.exposure.include=*", "management.endpoint.inmesh.access=NONE")
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(MeshEndpoint.class));
    }

    @Test
    void without_the_actuator_nothing_of_it_is_there_and_the_mesh_works() {
        context.withPropertyValues("management.endpoints.web.exposure.include=*")
                .withClassLoader(
                        new FilteredClassLoader("org.springframework.boot.actuate", "org.springframework.boot.health"))
                .run(started -> assertThat(started)
                        .hasSingleBean(Mesh.class)
                        .doesNotHaveBean("meshEndpoint")
                        .doesNotHaveBean("meshInfoContributor")
                        .doesNotHaveBean("inmeshHealthIndicator"));
    }

    @Test
    void a_host_that_is_only_looked_up_is_no_service_in_use() {
        context.run(started -> {
            assertThatThrownBy(() -> OrdersFixture.get(OrdersFixture.client(started), "http://outside.invalid/"))
                    .isInstanceOf(ResourceAccessException.class);
            assertThat(started.getBean(Mesh.class).snapshots()).isNotEmpty();
            assertThat(Objects.requireNonNull(
                                    started.getBean(HealthIndicator.class).health())
                            .getStatus())
                    .isEqualTo(Status.UP);
        });
    }

    @Test
    void health_is_there_unless_switched_off_and_may_be_replaced() {
        context.run(started -> assertThat(started.getBean("inmeshHealthIndicator", HealthIndicator.class)
                        .health())
                .isEqualTo(Health.up().withDetail("services", 0).build()));
        context.withPropertyValues("inmesh.health.stale-after=1m")
                .run(started ->
                        assertThat(started.getBean(HealthIndicator.class)).isInstanceOf(MeshHealthIndicator.class));
        context.withPropertyValues("management.health.inmesh.enabled=false")
                .run(started -> assertThat(started).doesNotHaveBean(HealthIndicator.class));
        context.withPropertyValues("management.health.defaults.enabled=false")
                .run(started -> assertThat(started).doesNotHaveBean(HealthIndicator.class));
        HealthIndicator own = () -> Health.up().build();
        context.withBean("inmeshHealthIndicator", HealthIndicator.class, () -> own)
                .run(started ->
                        assertThat(started.getBean(HealthIndicator.class)).isSameAs(own));
    }

    @Test
    void info_is_there_if_asked_for() {
        context.run(started -> assertThat(started).doesNotHaveBean(MeshInfoContributor.class));
        context.withPropertyValues("management.info.inmesh.enabled=true", "inmesh.kubernetes.node-name=node-1")
                .run(started -> {
                    Info.Builder info = new Info.Builder();
                    started.getBean(MeshInfoContributor.class).contribute(info);
                    assertThat(info.build().get("inmesh")).asString().contains("services=0");
                });
    }

    @Test
    void with_the_mesh_switched_off_nothing_is_left() {
        context.withPropertyValues(
                        "inmesh.enabled=false",
                        "management.endpoints.web.exposure.include=*",
                        "management.info.inmesh.enabled=true")
                .run(started -> assertThat(started)
                        .hasNotFailed()
                        .doesNotHaveBean(MeshEndpoint.class)
                        .doesNotHaveBean(MeshInfoContributor.class)
                        .doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void an_endpoint_of_the_applications_own_replaces_ours() {
        context.withPropertyValues("management.endpoints.web.exposure.include=*")
                .withBean(
                        "own",
                        MeshEndpoint.class,
                        () -> new MeshEndpoint(Mesh.builder()
                                .resolvers(new FakeEndpoints("k8s"))
                                .build()))
                .run(started ->
                        assertThat(started).hasSingleBean(MeshEndpoint.class).hasBean("own"));
    }
}
