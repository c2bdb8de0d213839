package io.inmesh.spring;

import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.reactive.MeshConnectorBuilder;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * HTTP clients that do not block: whatever Boot builds from a {@link ClientHttpConnectorBuilder}, every WebClient.Builder among it, sends requests to hosts
 * that are services to pods, through Reactor Netty, which WebClient's starter brings.
 */
@AutoConfiguration(after = {InmeshHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class})
@ConditionalOnClass(value = ClientHttpConnectorBuilder.class, name = "reactor.core.publisher.Mono")
@ConditionalOnBean(MeshHttp.class)
public final class InmeshWebClientAutoConfiguration {
    private static final String REACTOR_NETTY = "reactor.netty.http.client.HttpClient";

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = REACTOR_NETTY)
    static class ThroughReactorNetty {
        @Bean
        static BuilderWrapper<ClientHttpConnectorBuilder<?>> inmeshConnectorWrapper(
                ConfigurableListableBeanFactory beans, ObjectProvider<MeshHttp> http) {
            Supplier<MeshHttp> asked = InmeshHttpClientAutoConfiguration.remembered(http);
            LibraryCustomizers customizers = new LibraryCustomizers(beans, ClientHttpConnectorBuilderCustomizer.class);
            return new BuilderWrapper<>(beans, ClientHttpConnectorBuilder.class, builder -> {
                if (builder instanceof MeshConnectorBuilder<?>) {
                    return builder;
                }
                if (!(builder instanceof ReactorClientHttpConnectorBuilder)) {
                    customizers.sayWhatDoesNotReach(
                            builder,
                            "requests to services go through Reactor Netty (for these, declare a "
                                    + ClientHttpConnectorBuilderCustomizer.class.getSimpleName()
                                    + " of Reactor's builder)");
                }
                return new MeshConnectorBuilder<>(builder, asked, () -> reactors(customizers));
            });
        }

        /** Boot's builder for Reactor Netty, as the application would have it. */
        @SuppressWarnings({"rawtypes", "unchecked"}) // Which customizer is for which builder only the beans say.
        private static ReactorClientHttpConnectorBuilder reactors(LibraryCustomizers customizers) {
            return customizers.customized(
                    ClientHttpConnectorBuilder.reactor(),
                    ClientHttpConnectorBuilderCustomizer.class,
                    (customizer, builder) -> (ReactorClientHttpConnectorBuilder) customizer.customize(builder));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(REACTOR_NETTY)
    static class WithoutReactorNetty {
        @Bean
        static BuilderWrapper<ClientHttpConnectorBuilder<?>> inmeshConnectorWrapper(
                ConfigurableListableBeanFactory beans) {
            return new BuilderWrapper<>(
                    beans,
                    ClientHttpConnectorBuilder.class,
                    builder -> builder instanceof BypassingConnectorBuilder<?>
                            ? builder
                            : new BypassingConnectorBuilder<>(builder));
        }
    }
}
