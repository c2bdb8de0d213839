package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.actuate.MeshEndpoint;
import io.inmesh.spring.actuate.MeshInfoContributor;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.InfoContributorFallback;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The mesh in Boot's actuator: endpoint {@code inmesh}, and a contribution to {@code info} where that is switched on. */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnClass({ConditionalOnAvailableEndpoint.class, MeshEndpoint.class})
@ConditionalOnBean(Mesh.class)
public final class InmeshActuatorAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint
    @ConditionalOnMissingBean
    MeshEndpoint meshEndpoint(Mesh mesh) {
        return new MeshEndpoint(mesh);
    }

    @Bean
    @ConditionalOnEnabledInfoContributor(value = "inmesh", fallback = InfoContributorFallback.DISABLE)
    @ConditionalOnMissingBean
    MeshInfoContributor meshInfoContributor(Mesh mesh) {
        return new MeshInfoContributor(mesh);
    }
}
