package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.micrometer.MeshMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** What the mesh does, as meters {@code inmesh.*} in Boot's registry. */
@AutoConfiguration(after = {InmeshAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnClass({MeterRegistry.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnBean(Mesh.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "inmesh.metrics.enabled", matchIfMissing = true)
public final class InmeshMetricsAutoConfiguration {

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    MeshMeters meshMeters(MeterRegistry registry, InmeshProperties properties) {
        List<MeshMeters.Detail> details = new ArrayList<>();
        if (properties.metrics().latency()) {
            details.add(MeshMeters.Detail.LATENCY);
        }
        if (properties.metrics().endpoints()) {
            details.add(MeshMeters.Detail.ENDPOINTS);
        }
        return new MeshMeters(registry, details.toArray(MeshMeters.Detail[]::new));
    }

    @Bean
    static InFlightReader inmeshInFlightReader(ObjectProvider<MeshMeters> meters) {
        return new InFlightReader(meters);
    }
}
