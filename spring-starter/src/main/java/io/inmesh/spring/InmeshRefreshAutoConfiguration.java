package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.cloud.EnvironmentRefresh;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Where Spring Cloud changes the environment of a running application, settings of services change with it. */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.cloud.context.environment.EnvironmentChangeEvent")
@ConditionalOnBean(MeshAssembly.class)
@ConditionalOnBooleanProperty(name = "inmesh.cloud.refresh", matchIfMissing = true)
public final class InmeshRefreshAutoConfiguration {

    @Bean
    EnvironmentRefresh inmeshEnvironmentRefresh(
            MeshAssembly assembly, Environment environment, ObjectProvider<Mesh> meshes) {
        return new EnvironmentRefresh(
                new LiveSettings(assembly, environment, () -> meshes.ifUnique(made -> {}))::refresh);
    }
}
