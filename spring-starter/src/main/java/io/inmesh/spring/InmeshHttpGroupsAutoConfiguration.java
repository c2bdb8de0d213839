package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.config.Names;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.registry.HttpServiceGroupConfigurer.Groups;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/** Groups of HTTP interfaces that {@code inmesh.http.exclude-groups} names: their clients are as they would be without inmesh. */
@AutoConfiguration(after = {InmeshWebClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class})
@ConditionalOnClass({HttpServiceClientProperties.class, HttpServiceProxyRegistry.class})
@ConditionalOnBean({Mesh.class, HttpServiceClientProperties.class})
@ConditionalOnBooleanProperty(name = "inmesh.http.enabled", matchIfMissing = true)
@Conditional(InmeshHttpGroupsAutoConfiguration.SomeAreExcluded.class)
public final class InmeshHttpGroupsAutoConfiguration {
    /** The bean that is there where groups are left out. */
    static final String CHECK = "inmeshExcludedGroupsCheck";

    static final ConfigurationPropertyName EXCLUDE_GROUPS =
            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".http.exclude-groups");

    /** After Boot has set a group's client up, and before what the application says of it. */
    private static final int AFTER_PROPERTIES = Ordered.HIGHEST_PRECEDENCE + 100;

    /** The same for WebClient, whose customizers, asked at 0, set the connector once more. */
    private static final int AFTER_CUSTOMIZERS = 1;

    /** Where no group is named there is nothing to do, at start neither. */
    static final class SomeAreExcluded implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return Binder.get(context.getEnvironment())
                    .bind(EXCLUDE_GROUPS, Bindable.listOf(String.class))
                    .map(names -> !names.isEmpty())
                    .orElse(false);
        }
    }

    /** What of a group's settings Boot derives from {@code spring.http.serviceclient.NAME.*}. */
    private record GroupSettings(HttpServiceClientProperties properties, HttpClientSettingsPropertyMapper mapper) {
        private static GroupSettings of(
                HttpServiceClientProperties properties,
                ObjectProvider<SslBundles> bundles,
                ObjectProvider<HttpClientSettings> settings) {
            return new GroupSettings(
                    properties,
                    new HttpClientSettingsPropertyMapper(bundles.getIfAvailable(), settings.getIfAvailable()));
        }

        private HttpClientSettings of(String group) {
            return mapper.map(properties.get(group));
        }
    }

    /** Refuses names of groups that are none, once all are known. */
    @Bean(CHECK)
    @Lazy(false)
    SmartInitializingSingleton inmeshExcludedGroupsCheck(
            InmeshProperties properties, ObjectProvider<HttpServiceProxyRegistry> registry, Environment environment) {
        List<String> excluded = properties.http().excludeGroups();
        return () -> {
            HttpServiceProxyRegistry known = registry.getIfAvailable();
            Set<String> valid = known == null ? Set.of() : known.getGroupNames();
            WrittenProperties written = new WrittenProperties(environment);
            for (int i = 0; i < excluded.size(); i++) {
                String name = excluded.get(i);
                if (!valid.contains(name)) {
                    String reason = String.valueOf(Names.unknown("group of HTTP interfaces", name, valid)
                            .getMessage());
                    throw written.refusal(written.item(EXCLUDE_GROUPS, i), name, reason);
                }
            }
        };
    }

    @Bean
    @ConditionalOnClass(RestClientHttpServiceGroupConfigurer.class)
    @ConditionalOnBean(ClientHttpRequestFactoryBuilder.class)
    RestClientHttpServiceGroupConfigurer inmeshExcludedRestClientGroups(
            InmeshProperties properties,
            HttpServiceClientProperties groups,
            ObjectProvider<SslBundles> bundles,
            ObjectProvider<HttpClientSettings> settings,
            ClientHttpRequestFactoryBuilder<?> factories) {
        List<String> excluded = properties.http().excludeGroups();
        GroupSettings groupSettings = GroupSettings.of(groups, bundles, settings);
        return new RestClientHttpServiceGroupConfigurer() {
            @Override
            public int getOrder() {
                return AFTER_PROPERTIES;
            }

            @Override
            public void configureGroups(Groups<RestClient.Builder> all) {
                all.filter(group -> excluded.contains(group.name()))
                        .forEachClient((group, client) -> client.requestFactory(
                                MeshBypass.factories(factories).build(groupSettings.of(group.name()))));
            }
        };
    }

    /** The same for groups on WebClient. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClientHttpServiceGroupConfigurer.class)
    @ConditionalOnBean(ClientHttpConnectorBuilder.class)
    static class Reactive {
        @Bean
        WebClientHttpServiceGroupConfigurer inmeshExcludedWebClientGroups(
                InmeshProperties properties,
                HttpServiceClientProperties groups,
                ObjectProvider<SslBundles> bundles,
                ObjectProvider<HttpClientSettings> settings,
                ClientHttpConnectorBuilder<?> connectors) {
            List<String> excluded = properties.http().excludeGroups();
            GroupSettings groupSettings = GroupSettings.of(groups, bundles, settings);
            return new WebClientHttpServiceGroupConfigurer() {
                @Override
                public int getOrder() {
                    return AFTER_CUSTOMIZERS;
                }

                @Override
                public void configureGroups(Groups<WebClient.Builder> all) {
                    all.filter(group -> excluded.contains(group.name()))
                            .forEachClient((group, client) -> client.clientConnector(
                                    MeshBypass.connectors(connectors).build(groupSettings.of(group.name()))));
                }
            };
        }
    }
}
