package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.balancer.Mesh;
import io.inmesh.resolver.testing.ScriptedApiServer;
import io.inmesh.resolver.testing.ScriptedPod;
import io.inmesh.resolver.testing.ScriptedPort;
import io.inmesh.resolver.testing.ScriptedService;
import java.net.URI;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** An application that has the starter and calls no service pays nothing that stays: no thread, no connection, no watch. */
class UnusedStarterTest {
    private final ScriptedApiServer api = ScriptedApiServer.open();
    private final Pod elsewhere = Pod.start(61);

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @AfterEach
    void stop() {
        elsewhere.close();
        api.close();
    }

    private ConfigurableApplicationContext start(boolean enabled) {
        return new SpringApplicationBuilder(Application.class)
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--inmesh.enabled=" + enabled,
                        "--inmesh.kubernetes.namespace=shop",
                        "--inmesh.kubernetes.network=inside",
                        "--inmesh.kubernetes.master-url=" + api.url());
    }

    /** Names of what runs and did not before, without the numbers that tell one of a kind from another. */
    private static Set<String> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(thread -> thread.getName().replaceAll("\\d+", "#"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String callElsewhere(ConfigurableApplicationContext started) {
        URI outside = URI.create("http://127.0.0.61:" + elsewhere.port() + "/");
        return String.valueOf(started.getBean(RestClient.Builder.class)
                .build()
                .get()
                .uri(outside)
                .retrieve()
                .body(String.class));
    }

    @Test
    void it_holds_no_thread_and_asks_the_cluster_nothing() {
        Set<Thread> ofOtherTests = Thread.getAllStackTraces().keySet();
        Set<String> without = new TreeSet<>();
        try (ConfigurableApplicationContext started = start(false)) {
            assertThat(callElsewhere(started)).isEqualTo("pod-61");
            without.addAll(threadsSince(ofOtherTests));
        }
        try (ConfigurableApplicationContext started = start(true)) {
            assertThat(started.getBean(Mesh.class).snapshots()).isEmpty();
            assertThat(callElsewhere(started)).isEqualTo("pod-61");
            assertThat(threadsSince(ofOtherTests))
                    .as("the thread of a web server is seen")
                    .anyMatch(name -> name.contains("http"));
            // Some come and go; the pool that the JDK shares belongs to nobody.
            Awaitility.await().pollInSameThread().untilAsserted(() -> assertThat(threadsSince(ofOtherTests))
                    .filteredOn(name -> !without.contains(name) && !name.startsWith("ForkJoinPool.commonPool"))
                    .isEmpty());
            assertThat(api.requests()).isEmpty();
        }
    }

    @Test
    void settings_are_read_with_the_first_who_asks_for_them() {
        try (ConfigurableApplicationContext started = new SpringApplicationBuilder(Application.class)
                .run("--server.port=0", "--spring.main.banner-mode=off")) {
            String[] names = started.getBeanNamesForType(InmeshProperties.class);
            assertThat(names).hasSize(1);
            assertThat(started.getBeanFactory().getBeanDefinition(names[0]).isLazyInit())
                    .isTrue();
        }
    }

    @Test
    void the_first_use_is_what_begins_to_watch() {
        ScriptedService.of(api, "shop", "orders", ScriptedPort.tcp("web", 80, "web"))
                .add(ScriptedPod.of("orders-1", "127.0.0.61").withPort("web", elsewhere.port()));
        Set<Thread> ofOtherTests = Thread.getAllStackTraces().keySet();
        try (ConfigurableApplicationContext started = start(true)) {
            RestClient client = started.getBean(RestClient.Builder.class).build();
            assertThat(client.get().uri("http://orders.shop.svc/").retrieve().body(String.class))
                    .isEqualTo("pod-61");
            assertThat(api.requests()).isNotEmpty();
            assertThat(threadsSince(ofOtherTests)).anyMatch(name -> name.startsWith("inmesh"));
        }
    }
}
