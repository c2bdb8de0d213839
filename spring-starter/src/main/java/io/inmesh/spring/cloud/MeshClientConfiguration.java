package io.inmesh.spring.cloud;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.ConfiguredServices;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.loadbalancer.LoadBalancerProperties;
import org.springframework.cloud.loadbalancer.core.ReactorServiceInstanceLoadBalancer;
import org.springframework.cloud.loadbalancer.core.RetryAwareServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.RoundRobinLoadBalancer;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.cloud.loadbalancer.support.LoadBalancerEnvironmentPropertyUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.env.Environment;

/**
 * What Spring Cloud's context of one service gets from us. Precedence, the first that is there: a load balancer of the application's own; Spring
 * Cloud's round robin over a supplier of the application's own; the mesh. Suppliers that Spring Cloud makes from discovery clients are not made.
 */
@Configuration(proxyBeanMethods = false)
public class MeshClientConfiguration {
    private static final Logger log = LoggerFactory.getLogger(MeshClientConfiguration.class);

    private static final String KIND = "configurations";
    private static final String STICKY = "request-based-sticky-session";

    @Bean(destroyMethod = "close")
    CloudService cloudService(Environment environment, Mesh mesh, ObjectProvider<ConfiguredServices> configured) {
        boolean sticky = LoadBalancerEnvironmentPropertyUtils.equalToForClientOrDefault(environment, KIND, STICKY);
        String id = LoadBalancerClientFactory.getName(environment);
        tellIfWithoutEffect(environment, id, sticky);
        return new CloudService(
                id,
                mesh,
                configured.getIfAvailable(ConfiguredServices::none),
                sticky ? Map.of("affinity.mode", "strong") : Map.of());
    }

    private static void tellIfWithoutEffect(Environment environment, String id, boolean sticky) {
        boolean usual =
                LoadBalancerEnvironmentPropertyUtils.equalToOrMissingForClientOrDefault(environment, KIND, "default");
        if (!usual && !sticky) {
            log.warn(
                    "spring.cloud.loadbalancer.configurations says something for service {} that has no effect, since inmesh"
                            + " balances it (expected: default or {}; see inmesh.services.{}.* for policies and locality)",
                    id,
                    STICKY,
                    id);
        }
    }

    /** Gives way to any other, wherever that is defined. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean
    ServiceInstanceListSupplier meshInstanceListSupplier(CloudService service, BridgeSettings settings) {
        return new MeshInstanceListSupplier(service, settings);
    }

    /** Likewise. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean
    ReactorServiceInstanceLoadBalancer meshReactorLoadBalancer(
            CloudService service,
            BridgeSettings settings,
            Environment environment,
            LoadBalancerClientFactory factory,
            ObjectProvider<ServiceInstanceListSupplier> suppliers) {
        if (!isOurs(suppliers.getIfAvailable())) {
            return new RoundRobinLoadBalancer(
                    factory.getLazyProvider(service.id(), ServiceInstanceListSupplier.class), service.id());
        }
        LoadBalancerProperties properties = factory.getProperties(service.id());
        boolean avoidsPrevious = LoadBalancerEnvironmentPropertyUtils.trueOrMissingForClientOrDefault(
                environment, "retry.avoid-previous-instance");
        return new MeshReactorLoadBalancer(
                service, settings, request -> AskedOf.of(request, properties, avoidsPrevious));
    }

    /** Spring Cloud may have put its avoidance of previous instances around it. */
    private static boolean isOurs(@Nullable ServiceInstanceListSupplier supplier) {
        ServiceInstanceListSupplier inner =
                supplier instanceof RetryAwareServiceInstanceListSupplier aware ? aware.getDelegate() : supplier;
        return inner == null || inner instanceof MeshInstanceListSupplier;
    }
}
