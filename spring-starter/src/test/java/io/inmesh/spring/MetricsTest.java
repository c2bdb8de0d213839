package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshMeters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Meters in Boot's registry. */
class MetricsTest extends OrdersFixture {
    private static final AutoConfigurations METERS = AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class,
            InmeshMetricsAutoConfiguration.class);

    private final ApplicationContextRunner metered = context.withConfiguration(METERS);

    private static double value(ApplicationContext started, String name, String... tags) {
        return started.getBean(MeterRegistry.class).find(name).tags(tags).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue())
                .sum();
    }

    private static Set<String> names(ApplicationContext started) {
        return started.getBean(MeterRegistry.class).getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .filter(name -> name.startsWith("inmesh."))
                .collect(Collectors.toSet());
    }

    @Test
    void observations_are_timers_too_unless_boot_is_told_otherwise_and_are_seen_in_any_case() {
        ordersAre(pod());
        ApplicationContextRunner observed = metered.withConfiguration(AutoConfigurations.of(
                        ObservationAutoConfiguration.class, InmeshObservationAutoConfiguration.class))
                .withBean(ObservationsTest.Ended.class);
        observed.run(started -> {
            get(client(started), "http://orders.shop/");
            assertThat(names(started))
                    .contains("inmesh.client.call", "inmesh.client.attempt", "inmesh.client.call.active");
        });
        observed.withPropertyValues(
                        "management.metrics.enable.inmesh.client.call=false",
                        "management.metrics.enable.inmesh.client.attempt=false")
                .run(started -> {
                    get(client(started), "http://orders.shop/");
                    assertThat(names(started))
                            .contains("inmesh.client.attempts", "inmesh.client.requests")
                            .noneMatch(name -> name.matches("inmesh\\.client\\.(call|attempt)(\\.active)?"));
                    assertThat(started.getBean(ObservationsTest.Ended.class).named("inmesh.client.call"))
                            .hasSize(1);
                });
    }

    @Test
    void what_is_counted_is_what_pods_have_seen() {
        Pod good = pod();
        Pod bad = pod().answering(exchange -> Pod.answer(exchange, 400, "bad"));
        ordersAre(good, bad);
        metered.run(started -> {
            for (int i = 0; i < 10; i++) {
                client(started)
                        .get()
                        .uri("http://orders.shop/")
                        .exchange((request, response) -> response.getStatusCode());
            }
            assertThat(value(started, "inmesh.client.attempts", "outcome", "success"))
                    .isEqualTo(good.seen().size());
            assertThat(value(started, "inmesh.client.attempts", "outcome", "client_error"))
                    .isEqualTo(bad.seen().size());
            assertThat(value(started, "inmesh.client.attempts", "policy", "round-robin"))
                    .isEqualTo(10);
            assertThat(value(started, "inmesh.endpoints", "state", "usable")).isEqualTo(2);
            assertThat(value(started, "inmesh.client.active"))
                    .as("the mesh is read")
                    .isZero();
            assertThat(names(started))
                    .doesNotContain("inmesh.client.latency", "inmesh.endpoint.attempts", "inmesh.endpoint.active");
        });
    }

    @Test
    void times_and_meters_of_single_endpoints_are_there_if_asked_for() {
        Pod only = pod();
        ordersAre(only);
        metered.withPropertyValues("inmesh.metrics.latency=true", "inmesh.metrics.endpoints=true")
                .run(started -> {
                    get(client(started), "http://orders.shop/");
                    assertThat(started.getBean(MeterRegistry.class)
                                    .get("inmesh.client.latency")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                    assertThat(value(started, "inmesh.endpoint.attempts", "pod", only.name()))
                            .isEqualTo(1);
                });
    }

    @Test
    void without_micrometer_or_a_registry_or_switched_off_there_are_none_and_the_mesh_works() {
        context.withConfiguration(AutoConfigurations.of(InmeshMetricsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(started -> {
                    assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean("meshMeters");
                    assertThat(started.getBeanNamesForType(BalancerObserver.class))
                            .as("what closes connections hears the mesh too")
                            .containsExactly("inmeshDepartures");
                });
        context.withConfiguration(AutoConfigurations.of(InmeshMetricsAutoConfiguration.class))
                .run(started -> assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean(MeshMeters.class));
        metered.withPropertyValues("inmesh.metrics.enabled=false")
                .run(started -> assertThat(started).hasSingleBean(Mesh.class).doesNotHaveBean(MeshMeters.class));
        metered.withPropertyValues("inmesh.enabled=false")
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(MeshMeters.class));
    }

    @Test
    void meters_of_the_applications_own_replace_ours() {
        MeshMeters own = new MeshMeters(new SimpleMeterRegistry());
        metered.withBean("own", MeshMeters.class, () -> own)
                .run(started -> assertThat(started.getBean(MeshMeters.class)).isSameAs(own));
    }

    @Test
    void meters_leave_the_mesh_lazy_and_are_made_with_it() {
        Contexts.all().withConfiguration(METERS).run(started -> {
            assertThat(started.getBeanFactory().getSingletonNames()).doesNotContain("mesh", "meshMeters");
            assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
            assertThat(started.getBeanFactory().getSingletonNames()).contains("mesh", "meshMeters");
        });
    }
}
