package io.inmesh.spring;

import io.inmesh.api.ResolverProvider;
import io.inmesh.api.testing.FakeEndpoints;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.core.env.MapPropertySource;

/** Application contexts with what Boot and the starter configure. */
final class Contexts {
    /** What few applications have, and Boot would choose before all others. */
    static final String[] RARE = {"org.apache.hc.client5", "org.eclipse.jetty.client"};

    private static final ClassLoader WITH_WEBCLIENT = new FilteredClassLoader(RARE);

    /** What applications that block have: without WebClient, nor the Reactor Netty that comes with it. */
    private static final ClassLoader WITHOUT_WEBCLIENT =
            new FilteredClassLoader(RARE[0], RARE[1], "org.springframework.boot.webclient", "reactor.netty");

    private Contexts() {}

    /** The context of an application that has WebClient. */
    static ApplicationContextRunner withWebClient(ApplicationContextRunner context) {
        return context.withClassLoader(WITH_WEBCLIENT)
                .withConfiguration(AutoConfigurations.of(WebClientAutoConfiguration.class));
    }

    /** What all contexts consist of, in the order in which Boot would have them. */
    static final Class<?>[] CLASSES = {
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        ReactiveHttpClientAutoConfiguration.class,
        RestClientAutoConfiguration.class,
        RestTemplateAutoConfiguration.class,
        InmeshAutoConfiguration.class,
        InmeshHttpClientAutoConfiguration.class,
        InmeshWebClientAutoConfiguration.class,
        InmeshInjectionAutoConfiguration.class
    };

    /** Everything of ours, and of Boot what makes HTTP clients. */
    static ApplicationContextRunner all() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(CLASSES))
                .withClassLoader(WITHOUT_WEBCLIENT);
    }

    /** The same with a cluster that a test plays. */
    static ApplicationContextRunner with(FakeEndpoints cluster) {
        return all().withBean("cluster", ResolverProvider.class, () -> cluster);
    }

    /** What a property source says whose names hold colons, which {@code withPropertyValues} would take for the end of the name. */
    static ApplicationContextRunner saying(ApplicationContextRunner context, Map<String, Object> properties) {
        return context.withInitializer(initialized -> initialized
                .getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("with colons", properties)));
    }
}
