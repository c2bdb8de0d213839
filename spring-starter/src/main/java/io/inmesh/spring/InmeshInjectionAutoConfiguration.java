package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Injection of balancers by {@link MeshService}. */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnBean(Mesh.class)
public final class InmeshInjectionAutoConfiguration {

    @Bean
    static MeshServiceInjection inmeshServiceInjection() {
        return new MeshServiceInjection();
    }

    @Bean(destroyMethod = "close")
    @Lazy
    MeshServices meshServices(Mesh mesh) {
        return new MeshServices(mesh);
    }
}
