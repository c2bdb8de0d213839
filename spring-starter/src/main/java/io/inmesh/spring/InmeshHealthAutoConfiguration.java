package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.actuate.MeshHealthIndicator;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/** The mesh in Boot's health, as {@code inmesh}; {@code management.health.inmesh.enabled=false} takes it out. */
@AutoConfiguration(after = InmeshAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Mesh.class)
public final class InmeshHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("inmesh")
    @ConditionalOnMissingBean(name = "inmeshHealthIndicator")
    HealthIndicator inmeshHealthIndicator(
            ObjectProvider<Mesh> mesh, ObjectProvider<InmeshProperties> properties, Environment environment) {
        SingletonSupplier<HealthIndicator> asked =
                SingletonSupplier.of(() -> indicator(mesh.getObject(), properties.getObject(), environment));
        if (new WrittenProperties(environment).isAny()) {
            return asked.obtain();
        }
        return () -> asked.obtain().health();
    }

    private static HealthIndicator indicator(Mesh mesh, InmeshProperties properties, Environment environment) {
        InmeshProperties.Health said = properties.health();
        Duration staleAfter = said.staleAfter();
        if (staleAfter.isNegative() || staleAfter.isZero()) {
            throw new WrittenProperties(environment)
                    .refusal(
                            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".health.stale-after"),
                            staleAfter,
                            "it is not above zero (expected: longer than a watch may be silent, as in 5m)");
        }
        return new MeshHealthIndicator(mesh, staleAfter, said.required());
    }
}
