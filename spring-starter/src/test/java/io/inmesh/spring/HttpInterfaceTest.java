package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** HTTP interfaces that Boot makes clients for, by service group. */
class HttpInterfaceTest extends OrdersFixture {

    /** What the pods offer. */
    interface Orders {
        @GetExchange("/list")
        String list();

        @PostExchange("/add")
        String add();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "orders", types = Orders.class)
    static class Application {}

    @Test
    void the_interface_reaches_the_pods_of_the_groups_base_url() throws Exception {
        Pod first = pod();
        Pod second = pod();
        ordersAre(first, second);
        context.withConfiguration(AutoConfigurations.of(
                        HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class))
                .withUserConfiguration(Application.class)
                .withPropertyValues("spring.http.serviceclient.orders.base-url=http://orders.shop")
                .run(started -> {
                    Orders orders = started.getBean(Orders.class);
                    Set<String> answers = new TreeSet<>();
                    for (int i = 0; i < 4; i++) {
                        answers.add(orders.list());
                    }
                    assertThat(answers).containsExactly("pod-11", "pod-12");
                    assertThat(first.seen().get(0).headers().getFirst("Host")).isEqualTo("orders.shop");
                    cluster.publish("orders.shop:80", nobody(33));
                    // The mesh hears of it in its own time.
                    await().untilAsserted(
                                    () -> assertThatThrownBy(orders::add).isInstanceOf(ResourceAccessException.class));
                    assertThat(inFlight(started)).isZero();
                });
    }
}
