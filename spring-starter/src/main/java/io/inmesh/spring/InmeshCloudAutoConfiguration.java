package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.cloud.BridgeSettings;
import io.inmesh.spring.cloud.CancellationAwareFilter;
import io.inmesh.spring.cloud.CancellationAwareRetryFilter;
import io.inmesh.spring.cloud.LeaseLifecycle;
import io.inmesh.spring.cloud.MeshClientConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerClientRequestTransformer;
import org.springframework.cloud.client.loadbalancer.reactive.LoadBalancerRetryPolicy;
import org.springframework.cloud.client.loadbalancer.reactive.ReactiveLoadBalancer;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.client.loadbalancer.reactive.RetryableLoadBalancerExchangeFilterFunction;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/** Spring Cloud LoadBalancer on the mesh: {@code @LoadBalanced} clients, {@code lb://} and Feign choose pods by it. */
@AutoConfiguration(
        after = InmeshAutoConfiguration.class,
        afterName = "org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration",
        beforeName =
                "org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerClientAutoConfiguration")
@ConditionalOnClass(LoadBalancerClientFactory.class)
@ConditionalOnBean({Mesh.class, LoadBalancerClientFactory.class})
@ConditionalOnBooleanProperty(name = "inmesh.cloud.enabled", matchIfMissing = true)
@LoadBalancerClients(defaultConfiguration = MeshClientConfiguration.class)
public final class InmeshCloudAutoConfiguration {

    @Bean
    LeaseLifecycle inmeshLeaseLifecycle(Mesh mesh) {
        return new LeaseLifecycle(mesh.engine().classifier(), mesh.engine().observer());
    }

    @Bean
    BridgeSettings inmeshBridgeSettings(InmeshProperties properties) {
        return new BridgeSettings(properties.cloud().https());
    }

    /** Spring Cloud's two filters for WebClient, which would not hear of a caller that gives up. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClient.class)
    static class Filters {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBooleanProperty(
                name = "spring.cloud.loadbalancer.retry.enabled",
                havingValue = false,
                matchIfMissing = true)
        ReactorLoadBalancerExchangeFilterFunction loadBalancerExchangeFilterFunction(
                ReactiveLoadBalancer.Factory<ServiceInstance> factory,
                ObjectProvider<LoadBalancerClientRequestTransformer> transformers,
                LeaseLifecycle leases) {
            return new CancellationAwareFilter(
                    factory, transformers.orderedStream().toList(), leases);
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnBooleanProperty(name = "spring.cloud.loadbalancer.retry.enabled")
        RetryableLoadBalancerExchangeFilterFunction retryableLoadBalancerExchangeFilterFunction(
                LoadBalancerRetryPolicy.Factory retries,
                ReactiveLoadBalancer.Factory<ServiceInstance> factory,
                ObjectProvider<LoadBalancerClientRequestTransformer> transformers,
                LeaseLifecycle leases) {
            return new CancellationAwareRetryFilter(
                    retries, factory, transformers.orderedStream().toList(), leases);
        }
    }
}
