package io.inmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJackson2ObjectMapper;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;

/** Jackson 2, which the resolver reads JSON with, changes nothing of an application that writes JSON with Jackson 3. */
class EndpointMapperTest {
    private static final String PROPERTY = "management.endpoints.jackson2.isolated-object-mapper";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static ConfigurableApplicationContext start(String... arguments) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(arguments);
    }

    @Test
    @SuppressWarnings("removal") // Boot's support for Jackson 2, which is what this is about.
    void the_actuator_makes_no_mapper_of_jackson_2_unless_it_is_asked_for() {
        try (ConfigurableApplicationContext started = start()) {
            assertThat(started.getBeansOfType(EndpointJackson2ObjectMapper.class))
                    .isEmpty();
        }
        try (ConfigurableApplicationContext started = start("--" + PROPERTY + "=true")) {
            assertThat(started.getBeansOfType(EndpointJackson2ObjectMapper.class))
                    .hasSize(1);
        }
    }

    @Test
    void without_jackson_3_nothing_is_said() {
        SpringApplication application =
                new SpringApplication(new DefaultResourceLoader(new FilteredClassLoader("tools.jackson")));
        ConfigurableEnvironment environment = new StandardEnvironment();
        new EndpointMapperKeeper().postProcessEnvironment(environment, application);
        assertThat(environment.getProperty(PROPERTY)).isNull();
    }

    @Test
    void what_an_application_says_holds_even_among_its_default_properties() {
        ConfigurableEnvironment environment = new StandardEnvironment();
        DefaultPropertiesPropertySource.addOrMerge(
                Map.of(PROPERTY, "true", "other", "1"), environment.getPropertySources());
        new EndpointMapperKeeper().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty(PROPERTY)).isEqualTo("true");
        environment = new StandardEnvironment();
        DefaultPropertiesPropertySource.addOrMerge(Map.of("other", "1"), environment.getPropertySources());
        new EndpointMapperKeeper().postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getProperty(PROPERTY)).isEqualTo("false");
        assertThat(environment.getProperty("other")).isEqualTo("1");
    }
}
