package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Verdict;
import io.inmesh.balancer.Mesh;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.core.RandomLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestTemplate;

/** Our list of instances under a load balancer of Spring Cloud's. */
class CloudListTest extends CloudFixture {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static class OverOurs {
        @Bean
        ReactorServiceInstanceLoadBalancer random(LoadBalancerClientFactory factory) {
            return new RandomLoadBalancer(
                    factory.getLazyProvider("orders", ServiceInstanceListSupplier.class), "orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClient(name = "orders", configuration = OverOurs.class)
    static class BalancerForOrders {}

    private static List<ServiceInstance> listed(ApplicationContext started) {
        ServiceInstanceListSupplier ours = Objects.requireNonNull(started.getBean(LoadBalancerClientFactory.class)
                .getInstance("orders", ServiceInstanceListSupplier.class));
        return Objects.requireNonNull(ours.get().blockFirst(LIMIT));
    }

    private static long out(ApplicationContext started) {
        LoadBalancer.Snapshot orders = started.getBean(Mesh.class).snapshots().get(0);
        return orders.endpoints().stream()
                .filter(each -> each.verdict().kind() == Verdict.Kind.EJECTED)
                .count();
    }

    @Test
    void https_is_refused_unless_the_application_says_that_addresses_will_do_and_then_has_endpoints_of_its_own()
            throws Exception {
        ordersAreOnly(pod());
        cluster.publish("orders:443", nobody(33));
        cloud.withUserConfiguration(BalancerForOrders.class).run(started -> {
            RestTemplate template = started.getBean(RestTemplate.class);
            assertThat(byRestTemplate(started)).isEqualTo("pod-11");
            assertThatThrownBy(() -> template.getForObject("https://orders/", String.class))
                    .hasMessageContaining("https://orders/ by Spring Cloud LoadBalancer would go to a pod's address")
                    .hasMessageContaining("inmesh.cloud.https=true");
        });
        cloud.withUserConfiguration(BalancerForOrders.class)
                .withPropertyValues("inmesh.cloud.https=true")
                .run(started -> {
                    RestTemplate template = started.getBean(RestTemplate.class);
                    assertThatThrownBy(() -> template.getForObject("https://orders/", String.class))
                            .as("at the other port, where nobody listens")
                            .hasRootCauseInstanceOf(ConnectException.class);
                    assertThat(inFlight(started)).isZero();
                });
    }

    @Test
    void an_endpoint_that_is_ejected_is_not_in_it() throws Exception {
        ordersAreOnly(pod().endpoint(), pod().endpoint(), nobody(31));
        cloud.withUserConfiguration(BalancerForOrders.class)
                .withPropertyValues("spring.cloud.loadbalancer.retry.enabled=false")
                .run(started -> {
                    await().atMost(LIMIT).until(() -> {
                        try {
                            byRestTemplate(started);
                        } catch (ResourceAccessException e) {
                            assertThat(e).hasRootCauseInstanceOf(ConnectException.class);
                        }
                        return out(started) == 1;
                    });
                    assertThat(listed(started))
                            .extracting(ServiceInstance::getHost)
                            .containsExactlyInAnyOrder("127.0.0.11", "127.0.0.12");
                    Set<String> answers = new HashSet<>();
                    for (int i = 0; i < 20; i++) {
                        answers.add(String.valueOf(byRestTemplate(started)));
                    }
                    assertThat(answers).isSubsetOf("pod-11", "pod-12");
                });
    }

    @Test
    void where_all_are_kept_out_all_are_in_it() throws Exception {
        ordersAreOnly(nobody(31), nobody(32));
        cloud.withPropertyValues(
                        "inmesh.services.orders.check.mode=tcp",
                        "inmesh.services.orders.check.interval=100ms",
                        "inmesh.services.orders.check.timeout=100ms")
                .run(started -> {
                    assertThat(listed(started)).hasSize(2);
                    await().atMost(LIMIT).until(() -> out(started) == 2);
                    assertThat(listed(started)).hasSize(2);
                });
    }
}
