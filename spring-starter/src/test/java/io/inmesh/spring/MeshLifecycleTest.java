package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.ResolverProvider;
import io.inmesh.balancer.Mesh;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** When the mesh is asked for, and when it ends. */
@ExtendWith(OutputCaptureExtension.class)
class MeshLifecycleTest extends OrdersFixture {

    /** A shop whose page needs an order, by way of the mesh. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {
        @Bean
        Page page(RestClient.Builder builder) {
            return new Page(builder.build());
        }
    }

    @RestController
    static class Page {
        private final RestClient client;
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        @Autowired
        Page(RestClient client) {
            this.client = client;
        }

        @GetMapping("/page")
        String page() throws InterruptedException {
            entered.countDown();
            if (!go.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody let the request go on");
            }
            return "page with " + get(client, "http://orders.shop/");
        }
    }

    private ConfigurableApplicationContext startShop() {
        ApplicationContextInitializer<GenericApplicationContext> fakeCluster =
                started -> started.registerBean("cluster", ResolverProvider.class, () -> cluster);
        return new SpringApplicationBuilder(Shop.class)
                .initializers(fakeCluster)
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--server.shutdown=graceful",
                        "--spring.lifecycle.timeout-per-shutdown-phase=1m");
    }

    @Test
    void a_request_that_runs_when_the_application_closes_still_reaches_a_pod() throws InterruptedException {
        ordersAre(pod());
        ConfigurableApplicationContext started = startShop();
        String port = started.getEnvironment().getRequiredProperty("local.server.port");
        Mesh mesh = started.getBean(Mesh.class);
        Page page = started.getBean(Page.class);
        AtomicReference<String> answer = new AtomicReference<>("none");
        Thread caller = new Thread(() -> answer.set(get(RestClient.create(), "http://127.0.0.1:" + port + "/page")));
        caller.start();
        assertThat(page.entered.await(1, TimeUnit.MINUTES)).isTrue();
        CountDownLatch closing = new CountDownLatch(1);
        started.addApplicationListener(event -> {
            if (event instanceof ContextClosedEvent) {
                closing.countDown();
            }
        });
        Thread closer = new Thread(started::close);
        closer.start();
        assertThat(closing.await(1, TimeUnit.MINUTES)).isTrue();
        page.go.countDown();
        caller.join();
        closer.join();
        assertThat(answer).hasValue("page with pod-11");
        assertThatThrownBy(() -> mesh.service("orders.shop")).hasMessageContaining("the mesh was closed");
        assertThat(cluster.resolvers()).as("watches left").isZero();
    }

    @Test
    void it_ends_after_web_servers_and_before_beans_and_survives_a_stop_without_a_close() {
        assertThat(MeshLifecycle.PHASE)
                .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
                .isLessThan(0);
        AtomicReference<Boolean> openForOthers = new AtomicReference<>();
        AtomicReference<Boolean> openForBeans = new AtomicReference<>();
        context.withBean("last", LastUser.class, () -> new LastUser(openForOthers, openForBeans))
                .run(started -> {
                    Mesh mesh = started.getBean(Mesh.class);
                    started.getBean(LastUser.class).mesh = mesh;
                    started.stop();
                    mesh.service("orders.shop").close();
                    started.start();
                    mesh.service("orders.shop").close();
                });
        assertThat(openForOthers).as("while others with a phase stop").hasValue(true);
        assertThat(openForBeans).as("while beans are destroyed").hasValue(false);
    }

    /** Looks at the mesh when it is stopped, in the phase of beans that say none, and when it is destroyed. */
    static final class LastUser implements SmartLifecycle, AutoCloseable {
        private final AtomicReference<Boolean> atStop;
        private final AtomicReference<Boolean> atEnd;
        private boolean running;
        private @Nullable Mesh mesh;

        LastUser(AtomicReference<Boolean> atStop, AtomicReference<Boolean> atEnd) {
            this.atStop = atStop;
            this.atEnd = atEnd;
        }

        private boolean isOpen() {
            Mesh asked = Objects.requireNonNull(mesh);
            try {
                asked.service("orders.shop").close();
                return true;
            } catch (IllegalStateException closed) {
                return false;
            }
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            atStop.set(isOpen());
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return 0;
        }

        @Override
        public void close() {
            atEnd.set(isOpen());
        }
    }

    @Test
    void named_services_are_known_when_the_application_has_started() {
        ordersAre(pod());
        context.withPropertyValues("inmesh.warm.targets=orders.shop:80")
                .run(started -> assertThat(started.getBean(Mesh.class).snapshots())
                        .singleElement()
                        .extracting(LoadBalancer.Snapshot::rejection)
                        .isNull());
        assertThat(cluster.resolvers()).isZero();
    }

    @Test
    void a_service_that_does_not_come_keeps_the_application_no_longer_than_told(CapturedOutput output) {
        context.withPropertyValues("inmesh.warm.targets=never.shop:80", "inmesh.warm.for-at-most=10ms")
                .run(started -> assertThat(started).hasNotFailed());
        assertThat(output).contains("inmesh.warm.targets: the application starts without k8s:///never.shop:80");
    }

    @Test
    void nothing_is_made_where_nothing_is_said_until_the_first_request() {
        Contexts.all().run(started -> {
            assertThat(started.getBeanFactory().getSingletonNames())
                    .doesNotContain("mesh", "meshAssembly", "meshHttp", "kubernetesResolverProvider")
                    .noneMatch(name -> name.endsWith(InmeshProperties.class.getName()));
            assertThatThrownBy(() -> get(client(started), "http://127.0.0.1:1/"))
                    .isInstanceOf(ResourceAccessException.class);
            assertThat(started.getBeanFactory().containsSingleton("mesh")).isTrue();
        });
    }

    @Test
    void what_is_said_is_heeded_at_start_where_beans_are_lazy_too() {
        var lazy = Contexts.with(cluster)
                .withInitializer(started ->
                        started.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
        ordersAre(pod());
        lazy.withPropertyValues("inmesh.warm.targets=orders.shop:80").run(started -> {
            assertThat(started.getBeanFactory().containsSingleton("mesh")).isTrue();
            assertThat(started.getBean(Mesh.class).snapshots()).hasSize(1);
        });
        assertThat(FailureTexts.of(lazy.withPropertyValues("inmesh.defaults.policy=rendom"))
                        .getDescription())
                .contains("inmesh.defaults.policy", "rendom");
        assertThat(FailureTexts.of(lazy.withPropertyValues("inmesh.http.exclude=a b"))
                        .getDescription())
                .contains("inmesh.http.exclude", "a b");
    }

    @Test
    void what_beans_say_is_checked_at_start_without_any_property() {
        var silent = Contexts.with(cluster);
        var all = Contexts.all(); // Where no test plays the cluster.
        assertThat(FailureTexts.rootOf(all.withBean(
                        MeshCustomizer.class, () -> builder -> builder.service("orders", Map.of("policy", "rendom")))))
                .hasMessageContaining("rendom");
        try (Mesh one = Mesh.builder().resolvers(cluster).build();
                Mesh another = Mesh.builder().resolvers(cluster).build()) {
            assertThat(FailureTexts.rootOf(
                            all.withBean("one", Mesh.class, () -> one).withBean("another", Mesh.class, () -> another)))
                    .isInstanceOf(NoUniqueBeanDefinitionException.class);
        }
        silent.run(started -> assertThat(started.getBeanFactory().containsSingleton("mesh"))
                .as("a ResolverProvider says something")
                .isTrue());
    }

    @Test
    void variables_of_a_service_named_inmesh_say_nothing() {
        Contexts.all()
                .withInitializer(started -> started.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "cluster",
                                Map.of("INMESH_SERVICE_HOST", "10.0.0.1", "INMESH_PORT_80_TCP", "tcp://10.0.0.1:80"))))
                .run(started -> assertThat(started.getBeanFactory().containsSingleton("mesh"))
                        .isFalse());
    }

    @Test
    void settings_that_an_own_mesh_does_not_know_are_named(CapturedOutput output) {
        try (Mesh own = Mesh.builder().resolvers(cluster).build()) {
            context.withPropertyValues("inmesh.close-wait=1s", "inmesh.services.bills.port=http")
                    .withBean("own", Mesh.class, () -> own, definition -> definition.setDestroyMethodName(""))
                    .run(started -> assertThat(started).hasNotFailed());
        }
        assertThat(output)
                .containsOnlyOnce("the application's own Mesh bean knows nothing of inmesh.close-wait,"
                        + " inmesh.services.orders.shop.eject.enabled, inmesh.services.orders.shop.policy; give it those"
                        + " settings in code, or leave the bean to the starter and change it by a MeshCustomizer");
    }
}
