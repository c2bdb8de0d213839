package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.MeshHttp;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/**
 * Blocking HTTP clients: whatever Boot builds from a {@link ClientHttpRequestFactoryBuilder}, every RestClient.Builder among it, sends
 * requests to hosts that are services to pods.
 */
@AutoConfiguration(after = {InmeshAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class})
@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
@ConditionalOnBean(Mesh.class)
public final class InmeshHttpClientAutoConfiguration {

    @Bean(destroyMethod = "close")
    MeshHttp meshHttp(Mesh mesh, ObjectProvider<ConfiguredServices> configured) {
        return new MeshHttp(mesh, configured.getIfAvailable(ConfiguredServices::none));
    }

    /** For reactive web applications, where Boot has no such bean and its RestClient builders detect one by themselves. */
    @Bean
    @ConditionalOnMissingBean
    ClientHttpRequestFactoryBuilder<?> clientHttpRequestFactoryBuilder(ResourceLoader resources) {
        return ClientDetection.of(resources.getClassLoader()).requestFactoryBuilder();
    }

    @Bean
    static RequestFactoryWrapper inmeshRequestFactoryWrapper(
            ConfigurableListableBeanFactory beans, ObjectProvider<MeshHttp> http) {
        return new RequestFactoryWrapper(beans, http::getObject);
    }
}
