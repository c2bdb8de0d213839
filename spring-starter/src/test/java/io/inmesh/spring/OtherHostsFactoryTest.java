package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.inmesh.api.testing.FakeEndpoints;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;

/** For hosts that are not ours the application keeps the client library it would have without our jar. */
@ExtendWith(OutputCaptureExtension.class)
class OtherHostsFactoryTest {
    private final ApplicationContextRunner context = Contexts.with(new FakeEndpoints("k8s"));

    private static Object connectors(ApplicationContext started) {
        return MeshBypass.connectors(started.getBean(ClientHttpConnectorBuilder.class));
    }

    private static Object others(ClientHttpRequestFactory ours) {
        Object others = Objects.requireNonNull(ReflectionTestUtils.getField(ours, "others"));
        return isLate(others)
                ? Objects.requireNonNull(ReflectionTestUtils.<Object>invokeMethod(others, "made"))
                : others;
    }

    private static boolean isLate(Object others) {
        return others.getClass().getSimpleName().equals("LateRequestFactory");
    }

    @Test
    void the_library_is_the_one_that_boot_finds_whatever_came_with_us() {
        context.run(started -> {
            assertThat(others(started.getBean(ClientHttpRequestFactory.class)))
                    .isInstanceOf(JdkClientHttpRequestFactory.class);
            assertThat(connectors(started)).isInstanceOf(JdkClientHttpConnectorBuilder.class);
        });
        context.withPropertyValues("inmesh.enabled=false").run(started -> {
            assertThat(started.getBean(ClientHttpRequestFactory.class)).isInstanceOf(JdkClientHttpRequestFactory.class);
            assertThat(started.getBean(ClientHttpConnectorBuilder.class))
                    .isInstanceOf(JdkClientHttpConnectorBuilder.class);
        });
        // What an application brings itself is what Boot finds: Apache's client is made of the parts that ours is.
        context.withClassLoader(getClass().getClassLoader())
                .run(started -> assertThat(others(started.getBean(ClientHttpRequestFactory.class)))
                        .isInstanceOf(HttpComponentsClientHttpRequestFactory.class));
    }

    @Test
    void what_the_application_says_holds() {
        context.withPropertyValues(
                        "spring.http.clients.imperative.factory=reactor",
                        "spring.http.clients.reactive.connector=reactor")
                .run(started -> {
                    assertThat(others(started.getBean(ClientHttpRequestFactory.class)))
                            .isInstanceOf(ReactorClientHttpRequestFactory.class);
                    assertThat(connectors(started)).isInstanceOf(ReactorClientHttpConnectorBuilder.class);
                });
    }

    @Test
    void customizers_of_the_library_that_is_chosen_are_called() {
        List<String> called = new ArrayList<>();
        ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> customizer =
                new ClientHttpRequestFactoryBuilderCustomizer<>() {
                    @Override
                    public JdkClientHttpRequestFactoryBuilder customize(JdkClientHttpRequestFactoryBuilder builder) {
                        called.add("builder");
                        return builder.withCustomizer(factory -> called.add("factory"));
                    }
                };
        context.withBean(ClientHttpRequestFactoryBuilderCustomizer.class, () -> customizer)
                .run(started -> {
                    started.getBean(ClientHttpRequestFactory.class);
                    assertThat(called).containsExactly("builder", "factory");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBuilder {
        @Bean
        ClientHttpRequestFactoryBuilder<?> own() {
            return ClientHttpRequestFactoryBuilder.simple();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnConcreteBuilder {
        @Bean
        JdkClientHttpRequestFactoryBuilder own() {
            return ClientHttpRequestFactoryBuilder.jdk();
        }
    }

    @Test
    void a_builder_bean_of_the_applications_own_is_used_for_other_hosts() {
        context.withUserConfiguration(OwnBuilder.class)
                .run(started -> assertThat(others(started.getBean(ClientHttpRequestFactory.class)))
                        .isInstanceOf(SimpleClientHttpRequestFactory.class));
    }

    @Test
    void a_builder_bean_declared_by_its_class_is_left_alone_with_a_warning(CapturedOutput output) {
        context.withUserConfiguration(OwnConcreteBuilder.class).run(started -> {
            assertThat(started.getBean(JdkClientHttpRequestFactoryBuilder.class))
                    .isNotNull();
            assertThat(output)
                    .contains(
                            "bean own is declared as",
                            "declare it by a method of type ClientHttpRequestFactoryBuilder<?>");
        });
    }

    /** A component that is a builder itself. */
    static final class OwnComponent implements ClientHttpRequestFactoryBuilder<SimpleClientHttpRequestFactory> {
        @Override
        public SimpleClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
            return new SimpleClientHttpRequestFactory();
        }
    }

    @Test
    void a_component_that_is_a_builder_is_left_alone_with_a_warning(CapturedOutput output) {
        context.withBean("own", OwnComponent.class).run(started -> {
            assertThat(started.getBean(OwnComponent.class)).isNotNull();
            assertThat(output)
                    .contains("bean own is declared as " + OwnComponent.class.getName())
                    .contains("declare it by a method of type ClientHttpRequestFactoryBuilder<?>");
        });
    }

    /** Makes a builder, and says of which type. */
    abstract static class Maker<B> implements FactoryBean<B> {
        @Override
        public Class<?> getObjectType() {
            return ResolvableType.forClass(Maker.class, getClass()).getGeneric().resolve(Object.class);
        }
    }

    static final class MakesAny extends Maker<ClientHttpRequestFactoryBuilder<?>> {
        @Override
        public ClientHttpRequestFactoryBuilder<?> getObject() {
            return ClientHttpRequestFactoryBuilder.simple();
        }
    }

    static final class MakesJdks extends Maker<JdkClientHttpRequestFactoryBuilder> {
        @Override
        public JdkClientHttpRequestFactoryBuilder getObject() {
            return ClientHttpRequestFactoryBuilder.jdk();
        }
    }

    @Test
    void a_factory_bean_counts_by_what_it_makes(CapturedOutput output) {
        context.withBean("own", MakesAny.class)
                .run(started -> assertThat(others(started.getBean(ClientHttpRequestFactory.class)))
                        .isInstanceOf(SimpleClientHttpRequestFactory.class));
        assertThat(output).doesNotContain("bean own is declared as");
        context.withBean("own", MakesJdks.class)
                .run(started -> assertThat(started.getBean(JdkClientHttpRequestFactoryBuilder.class))
                        .isNotNull());
        assertThat(output).contains("bean own is declared as " + JdkClientHttpRequestFactoryBuilder.class.getName());
    }

    private static Object unmade(ApplicationContext started) {
        return Objects.requireNonNull(
                ReflectionTestUtils.getField(started.getBean(ClientHttpRequestFactory.class), "others"));
    }

    @Test
    void the_jdks_client_is_made_with_the_first_request_to_another_host() throws Exception {
        HttpServer elsewhere = answeringNothing();
        try {
            context.run(started -> {
                Object late = unmade(started);
                assertThat(isLate(late)).isTrue();
                assertThat(ReflectionTestUtils.getField(late, "made")).isNull();
                URI uri =
                        URI.create("http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/");
                ClientHttpRequestFactory factory = started.getBean(ClientHttpRequestFactory.class);
                for (int i = 0; i < 2; i++) {
                    Object before = ReflectionTestUtils.getField(late, "made");
                    factory.createRequest(uri, HttpMethod.GET).execute().close();
                    Object after = ReflectionTestUtils.getField(late, "made");
                    assertThat(after).isInstanceOf(JdkClientHttpRequestFactory.class);
                    assertThat(i == 0 || before == after).isTrue();
                }
            });
        } finally {
            elsewhere.stop(0);
        }
    }

    @Test
    void what_the_application_may_have_said_wrong_is_looked_at_while_it_starts() {
        context.withPropertyValues("spring.http.clients.connect-timeout=-1s")
                .run(started -> assertThatThrownBy(() -> started.getBean(ClientHttpRequestFactory.class))
                        .hasStackTraceContaining("Invalid duration"));
        context.withUserConfiguration(OwnJdkBuilder.class)
                .run(started -> assertThat(unmade(started)).isInstanceOf(JdkClientHttpRequestFactory.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnJdkBuilder {
        @Bean
        ClientHttpRequestFactoryBuilder<?> own() {
            return ClientHttpRequestFactoryBuilder.jdk();
        }
    }

    private static HttpServer answeringNothing() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Says good-bye to another host when the context closes. */
    static final class SaysGoodbye implements DisposableBean {
        private final RestClient client;
        private final String registry;
        private final List<String> heard;

        SaysGoodbye(RestClient.Builder builder, String registry, List<String> heard) {
            this.client = builder.build();
            this.registry = registry;
            this.heard = heard;
        }

        @Override
        public void destroy() {
            heard.add(client.delete()
                    .uri(registry)
                    .retrieve()
                    .toBodilessEntity()
                    .getStatusCode()
                    .toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_bean_may_still_reach_other_hosts_while_the_context_closes(boolean usedBefore) throws Exception {
        HttpServer registry = answeringNothing();
        String url = "http://127.0.0.1:" + registry.getAddress().getPort() + "/me";
        List<String> heard = new ArrayList<>();
        try {
            context.run(started -> {
                RestClient.Builder builder = started.getBean(RestClient.Builder.class);
                if (usedBefore) {
                    builder.clone().build().get().uri(url).retrieve().toBodilessEntity();
                }
                ((DefaultListableBeanFactory) started.getBeanFactory())
                        .registerDisposableBean("goodbye", new SaysGoodbye(builder, url, heard));
            });
        } finally {
            registry.stop(0);
        }
        assertThat(heard).containsExactly("204 NO_CONTENT");
    }
}
