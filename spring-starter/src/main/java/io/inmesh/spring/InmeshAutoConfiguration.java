package io.inmesh.spring;

import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesReading;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.resolver.kubernetes.KubernetesWatching;
import io.inmesh.spring.http.ConfiguredServices;
import java.nio.file.Files;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The application's {@link Mesh}. Beans of {@link ResolverProvider}, {@link BalancerObserver}, {@link OutcomeClassifier}, {@link MeshCustomizer} and, in
 * tests, {@link Faults} are used; a Mesh of one's own replaces this one.
 *
 * <p>An application that says nothing of inmesh, by properties or by beans, pays little for having it: HTTP clients, health and meters make the mesh with its
 * first use. Where something is said, all of it is made and checked when the application starts.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "inmesh.enabled", matchIfMissing = true)
@EnableConfigurationProperties(InmeshProperties.class)
@ImportRuntimeHints(NativeHints.class)
public final class InmeshAutoConfiguration {

    @Bean
    static LazyProperties inmeshLazyProperties() {
        return new LazyProperties();
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    KubernetesResolverProvider kubernetesResolverProvider(InmeshProperties properties, Environment environment) {
        InmeshProperties.Kubernetes said = properties.kubernetes();
        String node = said.nodeName() == null ? environment.getProperty("NODE_NAME") : said.nodeName(); // L-8
        String zone = said.zone() == null ? environment.getProperty("NODE_ZONE") : said.zone(); // T-10
        try {
            return new KubernetesResolverProvider(new KubernetesConfig(
                    unlessBlank(said.namespace()),
                    unlessBlank(said.clusterDomain()),
                    unlessBlank(node),
                    unlessBlank(zone),
                    said.network(),
                    said.family(),
                    said.kubeconfig(),
                    said.masterUrl(),
                    new KubernetesReading(said.source(), said.hints(), said.headlessHints(), said.podWeights()),
                    new KubernetesWatching(
                            said.watchSilence(), said.singleWatches(), said.lookupInterval(), said.snapshots())));
        } catch (IllegalArgumentException e) {
            throw refusal(String.valueOf(e.getMessage()), new WrittenProperties(environment));
        }
    }

    @Bean
    @Lazy
    MeshAssembly meshAssembly(
            InmeshProperties properties, Environment environment, ObjectProvider<ResolverProvider> providers) {
        WrittenProperties written = new WrittenProperties(environment);
        KnownNames.check(written);
        return new MeshAssembly(
                properties,
                ServiceProperties.read(environment),
                written,
                providers.orderedStream().toList());
    }

    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    Mesh mesh(
            MeshAssembly assembly,
            MeshLifecycle lifecycle,
            ObjectProvider<BalancerObserver> observers,
            ObjectProvider<OutcomeClassifier> classifier,
            ObjectProvider<Faults> faults,
            ObjectProvider<MeshCustomizer> customizers) {
        Mesh mesh = assembly.mesh(
                observers.orderedStream().toList(),
                classifier.getIfAvailable(),
                faults.getIfAvailable(),
                customizers.orderedStream().toList());
        lifecycle.closes(mesh);
        return mesh;
    }

    @Bean
    StartCheck inmeshMeshCheck(
            ListableBeanFactory beans,
            Environment environment,
            ObjectProvider<Mesh> meshes,
            ObjectProvider<MeshAssembly> assembly) {
        return () -> {
            meshes.getObject();
            boolean isHere =
                    beans.getBeanNamesForType(Mesh.class).length > 0; // Else it is that of a context above this one.
            if (isHere && assembly.getObject().built() == null) {
                UnheardProperties.warn(new WrittenProperties(environment));
            }
        };
    }

    @Bean
    MeshLifecycle meshLifecycle(
            ObjectProvider<InmeshProperties> properties,
            ConfigurableEnvironment environment,
            ListableBeanFactory beans,
            ObjectProvider<StartCheck> checks,
            ObjectProvider<Mesh> meshes) {
        Mention mention = new Mention(beans, environment);
        return new MeshLifecycle(
                () -> mention.isThere()
                        ? new WarmUp(properties.getObject().warm(), new WrittenProperties(environment))
                        : null,
                checks,
                meshes,
                () -> Sidecar.find(variables(environment), Files::exists, ListeningPorts.ofThisNetwork()));
    }

    private static Set<String> variables(ConfigurableEnvironment environment) {
        return environment.getPropertySources().stream()
                .filter(SystemEnvironmentPropertySource.class::isInstance)
                .flatMap(source -> Stream.of(((SystemEnvironmentPropertySource) source).getPropertyNames()))
                .collect(Collectors.toSet());
    }

    @Bean
    @Lazy
    ConfiguredServices configuredServices(MeshAssembly assembly) {
        return assembly.configured();
    }

    /** Deployments often leave variables empty: that says nothing. */
    private static @Nullable String unlessBlank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** The configuration's own message begins with the property's name. */
    private static InvalidPropertyException refusal(String message, WrittenProperties written) {
        int colon = message.indexOf(": ");
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(message.substring(0, Math.max(colon, 0)), '.');
        var property = written.find(name);
        return written.refusal(name, property == null ? null : property.getValue(), message.substring(colon + 2));
    }
}
