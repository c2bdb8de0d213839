package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;

/** Groups of HTTP interfaces that are left as Boot makes them: a service's name that DNS does not know leads them nowhere. */
class ExcludedGroupsTest extends OrdersFixture {

    interface Orders {
        @GetExchange("/")
        String get();
    }

    interface Legacy {
        @GetExchange("/")
        String get();
    }

    interface LegacyReactive {
        @GetExchange("/")
        Mono<String> get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "orders", types = Orders.class)
    @ImportHttpServices(group = "legacy", types = Legacy.class)
    @ImportHttpServices(group = "legacy-reactive", types = LegacyReactive.class, clientType = ClientType.WEB_CLIENT)
    static class Application {}

    private ApplicationContextRunner application(String... excluded) {
        String url = "http://orders.invalid";
        return Contexts.withWebClient(context)
                .withConfiguration(AutoConfigurations.of(
                        HttpServiceClientPropertiesAutoConfiguration.class,
                        HttpServiceClientAutoConfiguration.class,
                        ReactiveHttpServiceClientAutoConfiguration.class,
                        InmeshHttpGroupsAutoConfiguration.class))
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "spring.http.serviceclient.orders.base-url=" + url,
                        "spring.http.serviceclient.legacy.base-url=" + url,
                        "spring.http.serviceclient.legacy-reactive.base-url=" + url,
                        "inmesh.http.exclude-groups=" + String.join(",", excluded));
    }

    @Test
    void groups_that_are_named_go_past_the_mesh_and_the_others_do_not() {
        Pod pod = pod();
        cluster.publish("orders.invalid:80", pod.endpoint());
        application().run(started -> {
            assertThat(started.getBean(Orders.class).get()).isEqualTo(pod.name());
            assertThat(started.getBean(Legacy.class).get()).isEqualTo(pod.name());
            assertThat(started.getBean(LegacyReactive.class).get().block()).isEqualTo(pod.name());
        });
        application("legacy", "legacy-reactive").run(started -> {
            assertThat(started.getBean(Orders.class).get()).isEqualTo(pod.name());
            assertThatThrownBy(() -> started.getBean(Legacy.class).get()).isInstanceOf(ResourceAccessException.class);
            assertThatThrownBy(() -> started.getBean(LegacyReactive.class).get().block())
                    .isInstanceOf(WebClientRequestException.class);
        });
        assertThat(pod.seen()).hasSize(4);
    }

    @Test
    void groups_that_nothing_would_leave_out_are_refused() {
        context.withPropertyValues("inmesh.http.exclude-groups=legacy")
                .run(started -> assertThat(started.getStartupFailure())
                        .hasRootCauseInstanceOf(InvalidPropertyException.class)
                        .rootCause()
                        .hasMessageContaining("inmesh.http.exclude-groups: nothing in this application leaves groups"));
    }

    @Test
    void without_springs_registry_of_groups_nobody_leaves_them_out() {
        application("legacy")
                .withClassLoader(new FilteredClassLoader(HttpServiceProxyRegistry.class))
                .run(started -> assertThat(started.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("nothing in this application leaves groups of HTTP interfaces out"));
    }

    @Test
    void a_group_that_is_none_is_refused_with_the_ones_there_are() {
        application("legacy", "legcy-reactive").run(started -> assertThat(started.getStartupFailure())
                .isInstanceOfSatisfying(InvalidPropertyException.class, refused -> {
                    assertThat(refused.property()).isEqualTo("inmesh.http.exclude-groups");
                    assertThat(refused.value()).isEqualTo("legcy-reactive");
                    assertThat(refused.reason())
                            .isEqualTo("group of HTTP interfaces 'legcy-reactive' is unknown, did you mean"
                                    + " 'legacy-reactive'? (valid: legacy, legacy-reactive, orders)");
                }));
    }
}
