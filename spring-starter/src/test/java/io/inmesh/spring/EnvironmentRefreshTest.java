package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.EndpointView;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.PickContext;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.cloud.EnvironmentRefresh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentManager;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/** Spring Cloud changes the environment of an application that runs. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentRefreshTest extends OrdersFixture {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ApplicationContextRunner cloud =
            Contexts.with(cluster).withConfiguration(AutoConfigurations.of(InmeshRefreshAutoConfiguration.class));

    private static LoadBalancer orders(ApplicationContext started) throws Exception {
        LoadBalancer orders = started.getBean(Mesh.class).service("orders.shop:80");
        orders.whenReady(LIMIT).toCompletableFuture().get(30, TimeUnit.SECONDS);
        return orders;
    }

    private static EnvironmentManager environment(ApplicationContext started) {
        EnvironmentManager manager = new EnvironmentManager((ConfigurableEnvironment) started.getEnvironment());
        manager.setApplicationEventPublisher(started);
        return manager;
    }

    private static void awaitPolicy(LoadBalancer orders, String policy) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(orders.snapshot().policy()).isEqualTo(policy));
    }

    @Test
    void settings_of_services_and_defaults_change_while_counters_stay(CapturedOutput output) {
        ordersAre(pod(), pod());
        cloud.withPropertyValues("inmesh.defaults.policy=random").run(started -> {
            LoadBalancer orders = orders(started);
            List<EndpointView> views = orders.snapshot().endpoints();
            Lease running = (Lease) orders.pick(PickContext.NONE);
            awaitPolicy(orders, "random");
            environment(started).setProperty("inmesh.services.orders.shop.policy", "round-robin");
            awaitPolicy(orders, "round-robin");
            environment(started).setProperty("inmesh.services.orders.shop.policy", "peak-ewma");
            awaitPolicy(orders, "peak-ewma");
            assertThat(orders.snapshot().endpoints()).containsExactlyElementsOf(views);
            assertThat(views.stream().mapToInt(EndpointView::inFlight).sum()).isEqualTo(1);
            running.close();
            environment(started).setProperty("inmesh.defaults.eject.consecutive", "7");
            environment(started).setProperty("something.else", "7");
            assertThat(output)
                    .contains("settings of services are changed with the environment: orders.shop")
                    .contains("settings of services are changed with the environment: defaults");
            assertThat(output.getAll().split("are changed with the environment", -1))
                    .as("once for each change, and not for what is not ours")
                    .hasSize(4);
        });
    }

    @Test
    void what_cannot_be_meant_is_refused_with_one_line_and_the_last_good_settings_stay(CapturedOutput output) {
        ordersAre(pod(), pod());
        cloud.withPropertyValues("inmesh.services.orders.shop.policy=round-robin")
                .run(started -> {
                    LoadBalancer orders = orders(started);
                    environment(started).setProperty("inmesh.services.orders.shop.policy", "rendom");
                    environment(started).setProperty("inmesh.defaults.policy", "random");
                    assertThat(output.getAll()
                                    .lines()
                                    .filter(line -> line.contains("the changed environment is refused")))
                            .hasSize(2)
                            .allSatisfy(line -> assertThat(line)
                                    .contains(
                                            "and the settings of services stay: inmesh.services.orders.shop.policy = rendom:"
                                                    + " policy 'rendom' is unknown, did you mean 'random'?"));
                    awaitPolicy(orders, "round-robin");
                    environment(started).setProperty("inmesh.services.orders.shop.policy", "least-connection");
                    awaitPolicy(orders, "least-connection");
                });
    }

    @Test
    void what_no_binder_can_read_is_refused_and_others_still_hear_of_the_change(CapturedOutput output) {
        ordersAre(pod());
        cloud.run(started -> {
            LoadBalancer orders = orders(started);
            environment(started).setProperty("inmesh.defaults", "random");
            assertThat(output.getAll().lines().filter(line -> line.contains("the changed environment is refused")))
                    .singleElement()
                    .asString()
                    .contains("and the settings of services stay: ")
                    .contains("'inmesh.defaults'");
            assertThat(orders.snapshot().policy()).isEqualTo("power-of-two");
        });
    }

    @Test
    void what_wants_a_restart_is_said_once_and_changes_nothing(CapturedOutput output) {
        ordersAre(pod());
        cloud.run(started -> {
            environment(started).setProperty("inmesh.services.orders.shop.endpoints", "127.0.0.1:1");
            environment(started).setProperty("something.else", "7");
            assertThat(output.getAll().split("in use from the next start of the application only", -1))
                    .hasSize(2);
            assertThat(output)
                    .contains("only: inmesh.services.orders.shop.endpoints")
                    .doesNotContain("are changed with the environment");
        });
    }

    @Test
    void defaults_that_code_has_replaced_are_not_said_to_be_changed(CapturedOutput output) {
        cloud.withBean(MeshCustomizer.class, () -> builder -> builder.defaults(Map.of("policy", "first")))
                .run(started -> {
                    started.getBean(Mesh.class);
                    environment(started).setProperty("inmesh.defaults.policy", "random");
                    environment(started).setProperty("inmesh.services.stock.shop.policy", "random");
                    assertThat(output)
                            .contains("are changed with the environment: stock.shop")
                            .doesNotContain("are changed with the environment: defaults");
                });
    }

    @Test
    void what_code_says_of_services_stays() {
        ordersAre(pod());
        cluster.publish("stock.shop:80", pod().endpoint());
        cloud.withBean(MeshCustomizer.class, () -> builder -> builder.service("stock.shop", Map.of("policy", "first")))
                .run(started -> {
                    LoadBalancer stock = started.getBean(Mesh.class).service("stock.shop:80");
                    LoadBalancer orders = orders(started);
                    environment(started).setProperty("inmesh.defaults.policy", "random");
                    awaitPolicy(orders, "random");
                    awaitPolicy(stock, "first");
                });
    }

    @Test
    void without_spring_cloud_or_switched_off_nobody_hears_and_a_mesh_of_ones_own_is_left_alone() {
        cloud.run(started -> assertThat(started).hasSingleBean(EnvironmentRefresh.class));
        cloud.withPropertyValues("inmesh.cloud.refresh=false")
                .run(started -> assertThat(started).doesNotHaveBean(EnvironmentRefresh.class));
        cloud.withClassLoader(
                        new FilteredClassLoader("org.springframework.cloud", "org.springframework.boot.webclient"))
                .run(started -> assertThat(started)
                        .hasNotFailed()
                        .hasSingleBean(Mesh.class)
                        .doesNotHaveBean(InmeshRefreshAutoConfiguration.class));
        ordersAre(pod());
        cloud.withBean("own", Mesh.class, () -> Mesh.builder()
                        .resolvers(cluster)
                        .build())
                .run(started -> {
                    LoadBalancer orders = orders(started);
                    environment(started).setProperty("inmesh.defaults.policy", "random");
                    assertThat(started.getBean(Mesh.class)
                                    .engine()
                                    .settings()
                                    .said()
                                    .defaults()
                                    .values())
                            .isEmpty();
                    orders.close();
                });
    }
}
