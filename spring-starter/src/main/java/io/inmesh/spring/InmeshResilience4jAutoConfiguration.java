package io.inmesh.spring;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.Registry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.inmesh.balancer.resilience4j.Resilience4j;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Gives the mesh the application's Resilience4j registries, of which settings {@code resilience4j.*} name instances: the one bean of each kind, or the
 * primary one; with several and no primary one, none. A bean named {@code inmeshResilience4j} replaces this, for a mesh has registries once.
 */
@AutoConfiguration(before = InmeshAutoConfiguration.class)
@ConditionalOnClass(Registry.class)
@ConditionalOnBooleanProperty(name = "inmesh.enabled", matchIfMissing = true)
public final class InmeshResilience4jAutoConfiguration {

    /** One kind of registry, added to those of other kinds. Each jar may be missing, so nobody but its own configuration names its types. */
    @FunctionalInterface
    interface Kind {

        /** Those and the application's registry of this kind, if it has one; null for none at all. */
        @Nullable
        Resilience4j besides(@Nullable Resilience4j others);
    }

    @Bean
    @ConditionalOnMissingBean(name = "inmeshResilience4j")
    MeshCustomizer inmeshResilience4j(ObjectProvider<Kind> kinds) {
        return builder -> {
            Resilience4j registries = null;
            for (Kind kind : kinds) {
                registries = kind.besides(registries);
            }
            if (registries != null) {
                registries.addTo(builder);
            }
        };
    }

    /** Circuit breakers. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(CircuitBreakerRegistry.class)
    static final class CircuitBreakers {

        @Bean
        Kind inmeshCircuitBreakers(ObjectProvider<CircuitBreakerRegistry> application) {
            return others -> {
                CircuitBreakerRegistry registry = application.getIfUnique();
                if (registry == null) {
                    return others;
                }
                return others == null ? Resilience4j.with(registry) : others.and(registry);
            };
        }
    }

    /** Rate limiters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RateLimiterRegistry.class)
    static final class RateLimiters {

        @Bean
        Kind inmeshRateLimiters(ObjectProvider<RateLimiterRegistry> application) {
            return others -> {
                RateLimiterRegistry registry = application.getIfUnique();
                if (registry == null) {
                    return others;
                }
                return others == null ? Resilience4j.with(registry) : others.and(registry);
            };
        }
    }

    /** Bulkheads. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(BulkheadRegistry.class)
    static final class Bulkheads {

        @Bean
        Kind inmeshBulkheads(ObjectProvider<BulkheadRegistry> application) {
            return others -> {
                BulkheadRegistry registry = application.getIfUnique();
                if (registry == null) {
                    return others;
                }
                return others == null ? Resilience4j.with(registry) : others.and(registry);
            };
        }
    }
}
