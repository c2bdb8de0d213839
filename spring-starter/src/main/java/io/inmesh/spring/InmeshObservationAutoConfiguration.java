package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Calls through the mesh and their attempts, as observations {@code inmesh.client.*} in Boot's registry: traces show which pods were asked. */
@AutoConfiguration(after = {InmeshAutoConfiguration.class, ObservationAutoConfiguration.class})
@ConditionalOnClass({ObservationRegistry.class, ObservationAutoConfiguration.class})
@ConditionalOnBean(Mesh.class)
@ConditionalOnSingleCandidate(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "inmesh.observations.enabled", matchIfMissing = true)
public final class InmeshObservationAutoConfiguration {

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    MeshObservations meshObservations(ObservationRegistry registry) {
        return new MeshObservations(registry);
    }
}
