package io.inmesh.spring;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.actuate.MeshHealthIndicator;
import io.inmesh.spring.http.MeshHttp;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
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
            ObjectProvider<Mesh> mesh,
            ObjectProvider<MeshHttp> http,
            ObjectProvider<InmeshProperties> properties,
            ListableBeanFactory beans,
            Environment environment) {
        Supplier<HealthIndicator> made = () -> indicator(mesh.getObject(), http, properties.getObject(), environment);
        return new Mention(beans, environment).isThere() ? made.get() : new MadeWhenAsked(made);
    }

    /** Makes the mesh with the first question, and not at start. */
    private static final class MadeWhenAsked extends AbstractHealthIndicator {
        private final SingletonSupplier<HealthIndicator> indicator;

        MadeWhenAsked(Supplier<HealthIndicator> made) {
            super("the mesh could not be made");
            indicator = SingletonSupplier.of(made);
        }

        @Override
        protected void doHealthCheck(Health.Builder builder) {
            Health health = Objects.requireNonNull(indicator.obtain().health(), "health");
            builder.status(health.getStatus()).withDetails(health.getDetails());
        }
    }

    private static HealthIndicator indicator(
            Mesh mesh, ObjectProvider<MeshHttp> http, InmeshProperties properties, Environment environment) {
        InmeshProperties.Health said = properties.health();
        WrittenProperties written = new WrittenProperties(environment);
        Duration staleAfter = said.staleAfter();
        if (staleAfter.isNegative() || staleAfter.isZero()) {
            throw written.refusal(
                    ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".health.stale-after"),
                    staleAfter,
                    "it is not above zero (expected: longer than a watch may be silent, as in 5m)");
        }
        checkNames(said.required(), mesh, written);
        MeshHttp clients = http.getIfAvailable();
        return new MeshHealthIndicator(
                mesh, staleAfter, said.required(), target -> clients != null && clients.isLookedUp(target));
    }

    private static void checkNames(List<String> required, Mesh mesh, WrittenProperties written) {
        for (int i = 0; i < required.size(); i++) {
            String name = required.get(i);
            if (name.equals(MeshHealthIndicator.EVERY)) {
                continue;
            }
            try {
                Target unused = mesh.parse(name.toLowerCase(Locale.ROOT));
            } catch (InvalidTargetException e) {
                throw written.refusal(
                        written.item(ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".health.required"), i),
                        name,
                        String.valueOf(e.getMessage()));
            }
        }
    }
}
