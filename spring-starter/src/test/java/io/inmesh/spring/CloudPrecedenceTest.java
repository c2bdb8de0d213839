package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.spring.cloud.LeaseLifecycle;
import io.inmesh.spring.cloud.MeshInstanceListSupplier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.client.loadbalancer.reactive.RetryableLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.RandomLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** Who chooses where an application has load balancers or suppliers of its own, and when we are not there. */
class CloudPrecedenceTest extends CloudFixture {

    /** One instance, called mine. */
    static class Mine {
        @Bean
        ServiceInstanceListSupplier mine() {
            return new ServiceInstanceListSupplier() {
                @Override
                public String getServiceId() {
                    return "any";
                }

                @Override
                public Flux<List<ServiceInstance>> get() {
                    return Flux.just(List.of(new DefaultServiceInstance("mine", "any", "127.0.0.1", 1, false)));
                }
            };
        }
    }

    /** A policy of Spring Cloud's over our list. */
    static class OverOurs {
        @Bean
        ReactorServiceInstanceLoadBalancer random(LoadBalancerClientFactory factory) {
            return new RandomLoadBalancer(
                    factory.getLazyProvider("orders", ServiceInstanceListSupplier.class), "orders");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClient(name = "orders", configuration = Mine.class)
    static class SupplierForOrders {}

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClients(defaultConfiguration = Mine.class)
    static class SupplierForAll {}

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClient(name = "orders", configuration = OverOurs.class)
    static class BalancerForOrders {}

    @Configuration(proxyBeanMethods = false)
    @LoadBalancerClients(defaultConfiguration = OverOurs.class)
    static class BalancerForAll {}

    private static Object balancerOf(ApplicationContext started, String service) {
        return started.getBean(LoadBalancerClientFactory.class).getInstance(service);
    }

    @Test
    void the_mesh_chooses_where_nobody_says_otherwise() {
        cloud.run(started -> {
            assertThat(balancerOf(started, "orders").getClass().getSimpleName()).isEqualTo("MeshReactorLoadBalancer");
            assertThat(started.getBean(LoadBalancerClientFactory.class)
                            .getInstance("orders", ServiceInstanceListSupplier.class))
                    .isNotNull();
        });
    }

    @Test
    void a_supplier_of_ones_own_wins_and_spring_cloud_chooses_from_it() {
        cloud.withUserConfiguration(SupplierForOrders.class).run(started -> {
            assertThat(balancerOf(started, "orders")).isInstanceOf(RoundRobinLoadBalancer.class);
            assertThat(balancerOf(started, "stock")).isNotInstanceOf(RoundRobinLoadBalancer.class);
            assertThat(cluster.resolvers()).isZero();
        });
        cloud.withUserConfiguration(SupplierForAll.class)
                .run(started -> assertThat(balancerOf(started, "stock")).isInstanceOf(RoundRobinLoadBalancer.class));
        cloud.withUserConfiguration(Mine.class)
                .run(started -> assertThat(balancerOf(started, "stock")).isInstanceOf(RoundRobinLoadBalancer.class));
    }

    @Test
    void a_load_balancer_of_ones_own_wins_and_chooses_from_our_list_counted_by_us() {
        Pod first = pod();
        Pod second = pod();
        ordersAreOnly(first.endpoint(), second.endpoint(), pod().endpoint().withWeight(0));
        for (Class<?> configuration : List.of(BalancerForOrders.class, BalancerForAll.class)) {
            cloud.withUserConfiguration(configuration).run(started -> {
                assertThat(balancerOf(started, "orders")).isInstanceOf(RandomLoadBalancer.class);
                first.answering(exchange -> Pod.answer(exchange, 200, "in flight: " + inFlight(started)));
                second.answering(exchange -> Pod.answer(exchange, 200, "in flight: " + inFlight(started)));
                for (int i = 0; i < 10; i++) {
                    assertThat(byRestClient(started)).isEqualTo("in flight: 1");
                }
            });
        }
    }

    @Test
    void filters_of_ones_own_for_webclient_win() {
        cloud.withBean(
                        ReactorLoadBalancerExchangeFilterFunction.class,
                        () -> new ReactorLoadBalancerExchangeFilterFunction(
                                new LoadBalancerClientFactory(new LoadBalancerClientsProperties()), List.of()))
                .run(started -> assertThat(started.getBean(ReactorLoadBalancerExchangeFilterFunction.class))
                        .isExactlyInstanceOf(ReactorLoadBalancerExchangeFilterFunction.class));
        cloud.withPropertyValues("spring.cloud.loadbalancer.retry.enabled=true")
                .withBean(
                        RetryableLoadBalancerExchangeFilterFunction.class,
                        () -> new RetryableLoadBalancerExchangeFilterFunction(
                                service -> {
                                    throw new AssertionError("nothing is sent");
                                },
                                new LoadBalancerClientFactory(new LoadBalancerClientsProperties()),
                                List.of()))
                .run(started -> assertThat(started.getBean(RetryableLoadBalancerExchangeFilterFunction.class))
                        .isExactlyInstanceOf(RetryableLoadBalancerExchangeFilterFunction.class));
    }

    @Test
    void blocking_clients_are_balanced_without_webclient() {
        Pod pod = pod();
        ordersAreOnly(pod);
        cloud.withClassLoader(
                        new FilteredClassLoader(Contexts.RARE[0], Contexts.RARE[1], "org.springframework.web.reactive"))
                .run(started -> {
                    assertThat(started).hasNotFailed().doesNotHaveBean("loadBalancerExchangeFilterFunction");
                    assertThat(byRestClient(started)).isEqualTo(pod.name());
                });
    }

    @Test
    void the_bridge_can_be_switched_off_and_is_not_there_without_spring_cloud() {
        cloud.withPropertyValues("inmesh.cloud.enabled=false").run(started -> {
            assertThat(started).doesNotHaveBean(LeaseLifecycle.class);
            assertThat(balancerOf(started, "orders")).isInstanceOf(RoundRobinLoadBalancer.class);
            assertThat(started.getBean(LoadBalancerClientFactory.class)
                            .getInstance("orders", ServiceInstanceListSupplier.class))
                    .isNotInstanceOf(MeshInstanceListSupplier.class);
        });
        cloud.withPropertyValues("inmesh.enabled=false")
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(LeaseLifecycle.class));
        context.withConfiguration(org.springframework.boot.autoconfigure.AutoConfigurations.of(
                        InmeshCloudAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
                .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean("inmeshLeaseLifecycle"));
    }
}
