package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.http.Departures;
import io.inmesh.spring.http.ExcludedHosts;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.blocking.MeshRequestFactoryBuilder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * HTTP clients that block: whatever Boot builds from a {@link ClientHttpRequestFactoryBuilder}, every RestClient.Builder among it, sends requests to hosts
 * that are services to pods. And what these have in common with those that do not, of which {@link InmeshWebClientAutoConfiguration} knows.
 */
@AutoConfiguration(after = {InmeshAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class})
@ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
@ConditionalOnBean(Mesh.class)
@ConditionalOnBooleanProperty(name = "inmesh.http.enabled", matchIfMissing = true)
public final class InmeshHttpClientAutoConfiguration {
    private static final ConfigurationPropertyName EXCLUDE =
            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".http.exclude");

    /** Whose builders are as Boot makes them. */
    private static final Set<String> MAKERS = Set.of(
            ImperativeHttpClientAutoConfiguration.class.getName(), InmeshHttpClientAutoConfiguration.class.getName());

    /** Heard by the mesh, which is built with it. */
    @Bean
    @Lazy
    Departures inmeshDepartures() {
        return new Departures();
    }

    @Bean
    StartCheck inmeshHttpCheck(ObjectProvider<MeshHttp> http) {
        return () -> http.ifUnique(made -> {}); // Making it is the check.
    }

    @Bean(destroyMethod = "close")
    @Lazy
    MeshHttp meshHttp(
            Mesh mesh,
            ObjectProvider<ConfiguredServices> configured,
            Departures departures,
            InmeshProperties properties,
            Environment environment,
            ListableBeanFactory beans) {
        refuseGroupsThatNobodyLeavesOut(properties, environment, beans);
        return new MeshHttp(
                mesh,
                configured.getIfAvailable(ConfiguredServices::none),
                excluded(properties, environment),
                departures);
    }

    /** What leaves groups out is there only if some were named when the application's beans were decided upon, which may be at build time. */
    private static void refuseGroupsThatNobodyLeavesOut(
            InmeshProperties properties, Environment environment, ListableBeanFactory beans) {
        List<String> groups = properties.http().excludeGroups();
        if (!groups.isEmpty() && !beans.containsBean(InmeshHttpGroupsAutoConfiguration.CHECK)) {
            WrittenProperties written = new WrittenProperties(environment);
            throw written.refusal(
                    written.item(InmeshHttpGroupsAutoConfiguration.EXCLUDE_GROUPS, 0),
                    groups.get(0),
                    "nothing in this application leaves groups of HTTP interfaces out (expected: said when the context is"
                            + " processed ahead of time too, if it is, and Boot's HTTP interfaces on the class path)");
        }
    }

    private static ExcludedHosts excluded(InmeshProperties properties, Environment environment) {
        List<String> patterns = properties.http().exclude();
        WrittenProperties written = new WrittenProperties(environment);
        for (int i = 0; i < patterns.size(); i++) {
            try {
                ExcludedHosts.check(patterns.get(i));
            } catch (IllegalArgumentException e) {
                throw written.refusal(written.item(EXCLUDE, i), patterns.get(i), String.valueOf(e.getMessage()));
            }
        }
        return new ExcludedHosts(patterns);
    }

    /** For reactive web applications, where Boot has no such bean and its RestClient builders detect one by themselves. */
    @Bean
    @ConditionalOnMissingBean
    ClientHttpRequestFactoryBuilder<?> clientHttpRequestFactoryBuilder(ResourceLoader resources) {
        return ClientHttpRequestFactoryBuilder.detect(resources.getClassLoader());
    }

    @Bean
    static BuilderWrapper<ClientHttpRequestFactoryBuilder<?>> inmeshRequestFactoryWrapper(
            ConfigurableListableBeanFactory beans, ObjectProvider<MeshHttp> http) {
        Supplier<MeshHttp> asked = remembered(http);
        LibraryCustomizers customizers = new LibraryCustomizers(beans, ClientHttpRequestFactoryBuilderCustomizer.class);
        return new BuilderWrapper<>(beans, ClientHttpRequestFactoryBuilder.class, builder -> {
            if (builder instanceof MeshRequestFactoryBuilder<?>) {
                return builder;
            }
            customizers.sayWhatDoesNotReach(
                    builder,
                    "requests to services have a client of their own, to which properties under spring.http.clients and SSL bundles apply");
            return new MeshRequestFactoryBuilder<>(
                    builder, asked, customizers.areNone() && areBoots(beans, ClientHttpRequestFactoryBuilder.class));
        });
    }

    /** True if no bean of that type is the application's. Of beans that were decided upon at build time nobody can say. */
    private static boolean areBoots(ConfigurableListableBeanFactory beans, Class<?> type) {
        for (String name : beans.getBeanNamesForType(type, true, false)) {
            String maker = beans.containsBeanDefinition(name)
                    ? beans.getBeanDefinition(name).getFactoryBeanName()
                    : null;
            if (maker == null || !MAKERS.contains(maker)) {
                return false;
            }
        }
        return true;
    }

    /** Holds no lock: who makes a bean holds Spring's own, and would wait here for one who waits for that. */
    static Supplier<MeshHttp> remembered(ObjectProvider<MeshHttp> http) {
        AtomicReference<@Nullable MeshHttp> known = new AtomicReference<>();
        return () -> {
            MeshHttp there = known.get();
            if (there == null) {
                there = http.getObject(); // The same one, whoever asks first.
                known.set(there);
            }
            return there;
        };
    }
}
