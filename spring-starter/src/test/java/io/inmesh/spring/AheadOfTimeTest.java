package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.api.LoadBalancer;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshMeters;
import io.inmesh.balancer.micrometer.MeshObservations;
import io.inmesh.spring.actuate.MeshEndpoint;
import io.inmesh.spring.actuate.MeshHealthIndicator;
import io.inmesh.spring.cloud.EnvironmentRefresh;
import io.inmesh.spring.cloud.LeaseLifecycle;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** A context that was processed ahead of time, as for native images, is the same context. */
class AheadOfTimeTest {
    private static final String[] PROPERTIES = {
        "inmesh.defaults.policy=round-robin", "inmesh.kubernetes.network=inside", "inmesh.warm.for-at-most=3s"
    };

    @Test
    @CompileWithForkedClassLoader
    void the_mesh_of_a_processed_context_is_configured_as_ever() {
        AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(PROPERTIES).applyTo(written);
        written.register(InmeshAutoConfiguration.class);
        TestGenerationContext generation = new TestGenerationContext();
        var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
        generation.writeGeneratedContent();
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(InmeshProperties.Kubernetes.class)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
                .accepts(generation.getRuntimeHints());
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext started = new GenericApplicationContext()) {
                TestPropertyValues.of(PROPERTIES).applyTo(started);
                @SuppressWarnings("unchecked") // The generator says so.
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                generated.initialize(started);
                started.refresh();
                Mesh mesh = started.getBean(Mesh.class);
                try (LoadBalancer orders = mesh.service("static:///127.0.0.1:8080")) {
                    assertThat(orders.snapshot().policy()).isEqualTo("round-robin");
                }
                assertThat(started.getBean(InmeshProperties.class).warm().forAtMost())
                        .isEqualTo(Duration.ofSeconds(3));
                assertThat(started.getBean(MeshLifecycle.class).isRunning()).isTrue();
            }
        });
    }

    /** Asks for a balancer by its target, and for a client from Boot's builder. */
    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        Orders orders(RestClient.Builder builder, @MeshService("orders.shop:80") LoadBalancer balancer) {
            return new Orders(builder.baseUrl("http://orders.shop").build(), balancer);
        }
    }

    record Orders(RestClient client, LoadBalancer balancer) {}

    @Test
    @CompileWithForkedClassLoader
    void clients_and_injected_balancers_of_a_processed_context_reach_pods() {
        try (Pod pod = Pod.start(82)) {
            String[] properties = {
                "inmesh.services.orders.shop.endpoints=" + pod.endpoint().address()
            };
            AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
            TestPropertyValues.of(properties).applyTo(written);
            written.register(Application.class);
            written.register(Contexts.CLASSES);
            TestGenerationContext generation = new TestGenerationContext();
            var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
            generation.writeGeneratedContent();
            TestCompiler.forSystem().with(generation).compile(compiled -> {
                try (GenericApplicationContext started = new GenericApplicationContext()) {
                    TestPropertyValues.of(properties).applyTo(started);
                    @SuppressWarnings("unchecked") // The generator says so.
                    ApplicationContextInitializer<GenericApplicationContext> generated =
                            compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                    generated.initialize(started);
                    started.refresh();
                    Orders orders = started.getBean(Orders.class);
                    assertThat(orders.client().get().uri("/").retrieve().body(String.class))
                            .isEqualTo("pod-82");
                    assertThat(orders.balancer().snapshot().endpoints()).hasSize(1);
                }
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnConcreteBuilder {
        @Bean
        JdkClientHttpRequestFactoryBuilder own() {
            return ClientHttpRequestFactoryBuilder.jdk();
        }

        @Bean
        String injected(JdkClientHttpRequestFactoryBuilder own) {
            return own.getClass().getSimpleName();
        }
    }

    @Test
    @CompileWithForkedClassLoader
    void a_builder_bean_declared_by_its_class_is_left_alone_in_a_processed_context_too() {
        AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
        written.register(OwnConcreteBuilder.class);
        written.register(Contexts.CLASSES);
        TestGenerationContext generation = new TestGenerationContext();
        var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
        generation.writeGeneratedContent();
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext started = new GenericApplicationContext()) {
                @SuppressWarnings("unchecked") // The generator says so.
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                generated.initialize(started);
                started.refresh();
                assertThat(started.getBean("own")).isInstanceOf(JdkClientHttpRequestFactoryBuilder.class);
                assertThat(started.getBean("injected")).isEqualTo("JdkClientHttpRequestFactoryBuilder");
            }
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void groups_to_leave_out_that_are_said_only_at_run_time_are_refused() {
        AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
        written.register(Contexts.CLASSES);
        written.register(HttpServiceClientPropertiesAutoConfiguration.class, InmeshHttpGroupsAutoConfiguration.class);
        TestGenerationContext generation = new TestGenerationContext();
        var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
        generation.writeGeneratedContent();
        TestCompiler.forSystem().with(generation).compile(compiled -> {
            try (GenericApplicationContext started = new GenericApplicationContext()) {
                TestPropertyValues.of("inmesh.http.exclude-groups=legacy").applyTo(started);
                @SuppressWarnings("unchecked") // The generator says so.
                ApplicationContextInitializer<GenericApplicationContext> generated =
                        compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                generated.initialize(started);
                assertThatThrownBy(started::refresh)
                        .rootCause()
                        .hasMessageContaining("said when the context is processed ahead of time too");
            }
        });
    }

    /** Everything that Boot and Spring Cloud find on the class path. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WholeApplication {}

    @Test
    @CompileWithForkedClassLoader
    void every_part_of_the_starter_is_in_a_processed_context() {
        try (Pod pod = Pod.start(83);
                GrpcPod grpc = GrpcPod.start(84)) {
            String[] properties = {
                "inmesh.services.orders.shop.endpoints=" + pod.endpoint().address(),
                "inmesh.services.bills.shop.endpoints=" + grpc.endpoint().address(),
                "inmesh.services.orders.endpoints=" + pod.endpoint().address(),
                "spring.grpc.client.channel.bills.target=k8s:///bills.shop:grpc",
                "spring.cloud.loadbalancer.eager-load.clients=orders", // As Spring Cloud wants it for processing ahead
                // of time.
                "management.endpoints.web.exposure.include=*"
            };
            AnnotationConfigApplicationContext written = new AnnotationConfigApplicationContext();
            TestPropertyValues.of(properties).applyTo(written);
            written.register(WholeApplication.class);
            TestGenerationContext generation = new TestGenerationContext();
            var initializer = new ApplicationContextAotGenerator().processAheadOfTime(written, generation);
            generation.writeGeneratedContent();
            assertThatPropertiesAreKept(generation.getRuntimeHints());
            TestCompiler.forSystem().with(generation).compile(compiled -> {
                try (GenericApplicationContext started = new GenericApplicationContext()) {
                    TestPropertyValues.of(properties).applyTo(started);
                    @SuppressWarnings("unchecked") // The generator says so.
                    ApplicationContextInitializer<GenericApplicationContext> generated =
                            compiled.getInstance(ApplicationContextInitializer.class, initializer.reflectionName());
                    generated.initialize(started);
                    started.refresh();
                    for (Class<?> part : List.of(
                            MeshEndpoint.class,
                            MeshHealthIndicator.class,
                            MeshMeters.class,
                            MeshObservations.class,
                            LeaseLifecycle.class,
                            EnvironmentRefresh.class)) {
                        assertThat(started.getBeanNamesForType(part))
                                .as(part.getSimpleName())
                                .hasSize(1);
                    }
                    assertEveryClientReaches(started);
                }
            });
        }
    }

    /** Of every record of properties the names of components are looked up. */
    private static void assertThatPropertiesAreKept(RuntimeHints hints) {
        List<Class<?>> records = new ArrayList<>(List.of(InmeshProperties.class));
        for (RecordComponent component : InmeshProperties.class.getRecordComponents()) {
            if (component.getType().isRecord()) {
                records.add(component.getType());
            }
        }
        assertThat(records).hasSizeGreaterThan(5).allSatisfy(record -> assertThat(RuntimeHintsPredicates.reflection()
                        .onType(record)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
                .as(record.getSimpleName())
                .accepts(hints));
    }

    private static void assertEveryClientReaches(GenericApplicationContext started) {
        String url = "http://orders.shop/";
        assertThat(started.getBean(RestClient.Builder.class)
                        .build()
                        .get()
                        .uri(url)
                        .retrieve()
                        .body(String.class))
                .isEqualTo("pod-83");
        assertThat(started.getBean(WebClient.Builder.class)
                        .build()
                        .get()
                        .uri(url)
                        .retrieve()
                        .bodyToMono(String.class)
                        .block(Duration.ofSeconds(60)))
                .isEqualTo("pod-83");
        assertThat(GrpcPod.nameOf(started.getBean(GrpcChannelFactory.class).createChannel("bills")))
                .isEqualTo("pod-84");
        assertThat(started.getBean(LoadBalancerClient.class).choose("orders"))
                .isNotNull()
                .returns("127.0.0.83", ServiceInstance::getHost);
        MeshEndpoint.Services shown = started.getBean(MeshEndpoint.class).services();
        assertThat(shown.services()).extracting("target").anySatisfy(target -> assertThat(target)
                .isEqualTo("k8s:///bills.shop:grpc"));
    }
}
