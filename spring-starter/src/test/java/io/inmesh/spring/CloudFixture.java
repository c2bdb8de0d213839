package io.inmesh.spring;

import io.inmesh.api.Endpoint;
import io.inmesh.spring.cloud.LeaseLifecycle;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.client.loadbalancer.LoadBalancerAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerBeanPostProcessorAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Service orders of the own namespace, and an application that reaches it by Spring Cloud LoadBalancer. */
abstract class CloudFixture extends OrdersFixture {
    final ApplicationContextRunner cloud = Contexts.with(cluster)
            .withConfiguration(AutoConfigurations.of(
                    CommonsClientAutoConfiguration.class,
                    ReactiveCommonsClientAutoConfiguration.class,
                    CompositeDiscoveryClientAutoConfiguration.class,
                    SimpleDiscoveryClientAutoConfiguration.class,
                    UtilAutoConfiguration.class,
                    org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration.class,
                    BlockingLoadBalancerClientAutoConfiguration.class,
                    LoadBalancerAutoConfiguration.class,
                    ReactorLoadBalancerClientAutoConfiguration.class,
                    LoadBalancerBeanPostProcessorAutoConfiguration.class,
                    InmeshCloudAutoConfiguration.class))
            .withUserConfiguration(Clients.class)
            .withPropertyValues("inmesh.services.orders.policy=round-robin");

    /** As Spring Cloud's documentation has them. */
    @Configuration(proxyBeanMethods = false)
    static class Clients {
        @Bean
        @LoadBalanced
        RestClient.Builder restClients() {
            return RestClient.builder();
        }

        @Bean
        @LoadBalanced
        RestTemplate restTemplate() {
            return new RestTemplate();
        }

        @Bean
        @LoadBalanced
        WebClient.Builder webClients() {
            return WebClient.builder();
        }
    }

    void ordersAreOnly(Endpoint... endpoints) {
        cluster.publish("orders:80", endpoints);
    }

    void ordersAreOnly(Pod... pods) {
        ordersAreOnly(Stream.of(pods).map(Pod::endpoint).toArray(Endpoint[]::new));
    }

    static @Nullable String byRestClient(ApplicationContext started) {
        RestClient client = started.getBean(RestClient.Builder.class).build();
        return client.get().uri("http://orders/").retrieve().body(String.class);
    }

    static @Nullable String byRestTemplate(ApplicationContext started) {
        return started.getBean(RestTemplate.class).getForObject("http://orders/", String.class);
    }

    static @Nullable String byWebClient(ApplicationContext started) {
        WebClient client = started.getBean(WebClient.Builder.class).build();
        return client.get()
                .uri("http://orders/")
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }

    /** Every kind of client. */
    static List<Caller> callers() {
        return List.of(CloudFixture::byRestClient, CloudFixture::byRestTemplate, CloudFixture::byWebClient);
    }

    /** A request by some client. */
    @FunctionalInterface
    interface Caller {
        @Nullable
        String call(ApplicationContext started);
    }

    static LeaseLifecycle leases(ApplicationContext started) {
        return started.getBean(LeaseLifecycle.class);
    }
}
