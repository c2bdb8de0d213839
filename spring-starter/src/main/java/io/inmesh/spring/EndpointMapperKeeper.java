package io.inmesh.spring;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Keeps the actuator from making a mapper of Jackson 2 at every start, for nobody: our client of the Kubernetes API brings that jar to
 * applications whose own JSON is Jackson 3's. Said among the default properties, behind all others, so that whoever wants one says so.
 */
final class EndpointMapperKeeper implements EnvironmentPostProcessor {
    private static final String PROPERTY = "management.endpoints.jackson2.isolated-object-mapper";

    /** Boot's module for applications that write JSON with Jackson 2. */
    private static final String WANTS_JACKSON_2 =
            "org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration";

    private static final String JACKSON_3 = "tools.jackson.databind.json.JsonMapper";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        ClassLoader loader = application.getClassLoader();
        if (ClassUtils.isPresent(JACKSON_3, loader)
                && !ClassUtils.isPresent(WANTS_JACKSON_2, loader)
                && environment.getProperty(PROPERTY) == null) {
            DefaultPropertiesPropertySource.addOrMerge(Map.of(PROPERTY, "false"), environment.getPropertySources());
        }
    }
}
