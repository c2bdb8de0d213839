package io.inmesh.spring;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.MeshBuilder;
import io.inmesh.balancer.engine.Policies;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.resolver.kubernetes.KubernetesResolverProvider;
import io.inmesh.spring.http.ConfiguredServices;
import io.inmesh.spring.named.NamedService;
import io.inmesh.spring.named.NamedServices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** Puts the application's Mesh together from its properties and beans, and refuses what cannot be meant. */
final class MeshAssembly {
    private static final ConfigurationPropertyName STARTUP_WAIT =
            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".startup-wait");

    private static final ConfigurationPropertyName CLOSE_WAIT =
            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".close-wait");

    private static final ConfigurationPropertyName SELF_SERVICE =
            ConfigurationPropertyName.of(InmeshProperties.PREFIX + ".self.service");

    private final InmeshProperties properties;
    private final ServiceProperties services;
    private final WrittenProperties written;
    private final List<ResolverProvider> providers;

    /** Written when the mesh is made, read when the environment changes. */
    private volatile @Nullable Mesh built;

    MeshAssembly(
            InmeshProperties properties,
            ServiceProperties services,
            WrittenProperties written,
            List<ResolverProvider> providers) {
        this.properties = properties;
        this.services = services;
        this.written = written;
        this.providers = withoutReplaced(providers);
    }

    /** The application's own provider of a scheme replaces ours. */
    private static List<ResolverProvider> withoutReplaced(List<ResolverProvider> providers) {
        boolean another = providers.stream()
                .anyMatch(each ->
                        each.scheme().equals(Target.KUBERNETES) && !(each instanceof KubernetesResolverProvider));
        return providers.stream()
                .filter(each -> !(another && each instanceof KubernetesResolverProvider))
                .toList();
    }

    /** The mesh; the caller closes it. */
    Mesh mesh(
            List<BalancerObserver> observers,
            @Nullable OutcomeClassifier classifier,
            @Nullable Faults faults,
            List<MeshCustomizer> customizers) {
        refuseNegative(STARTUP_WAIT, properties.startupWait());
        refuseNegative(CLOSE_WAIT, properties.closeWait());
        MeshBuilder builder = Mesh.builder()
                .startupWait(properties.startupWait())
                .closeWait(properties.closeWait())
                .resolvers(explained().toArray(ResolverProvider[]::new));
        observers.forEach(builder::observer);
        String self = properties.self().service();
        if (self != null) {
            parseSelf(self);
            builder.self(self);
        }
        if (classifier != null) {
            builder.classifier(classifier);
        }
        if (faults != null) {
            builder.faults(faults);
        }
        BlamedProperty blamed = new BlamedProperty(services, written);
        ServiceSettings settings = settings(blamed);
        builder.defaults(settings.defaults());
        settings.services().forEach(builder::service);
        customizers.forEach(customizer -> customizer.customize(builder));
        try {
            Mesh mesh = builder.build();
            built = mesh;
            return mesh;
        } catch (IllegalArgumentException e) {
            throw blamed.of(e);
        }
    }

    /** The mesh that was put together here, or null if there is none yet, or another one took its place. */
    @Nullable
    Mesh built() {
        return built;
    }

    /** What the properties said of services when the application started. */
    ServiceProperties services() {
        return services;
    }

    /** The same for what other properties say of services. */
    MeshAssembly with(ServiceProperties others, WrittenProperties writtenThere) {
        return new MeshAssembly(properties, others, writtenThere, providers);
    }

    /** The settings, all refused that start-up would refuse. */
    ServiceSettings checked() {
        configured();
        explained();
        return settings();
    }

    /** What the properties say of services, as the mesh finds it. */
    ServiceSettings settings() {
        return settings(new BlamedProperty(services, written));
    }

    private ServiceSettings settings(BlamedProperty blamed) {
        Policies policies = Policies.load();
        blamed.checkDefaults(policies);
        Map<String, Map<String, String>> byName = new HashMap<>();
        services.services().forEach((name, service) -> {
            blamed.checkService(policies, name, service.settings());
            String canonical = ServicePattern.isOne(name) ? name : canonical(target(name, service));
            blamed.found(canonical, name);
            if (!service.settings().isEmpty() && byName.putIfAbsent(canonical, service.settings()) != null) {
                Map.Entry<String, String> first =
                        service.settings().entrySet().iterator().next();
                throw written.refusal(
                        property(name, first.getKey()),
                        first.getValue(),
                        "service '" + canonical + "' is configured twice (expected: once)");
            }
        });
        return new ServiceSettings(services.defaults(), byName);
    }

    /** The names of hosts that are ours because the properties say so. */
    ConfiguredServices configured() {
        Map<String, Optional<String>> ports = new HashMap<>();
        services.services().forEach((name, service) -> {
            if (ServicePattern.isOne(name)) {
                ServicePattern.check(name, service, (key, why) -> {
                    throw written.refusal(property(name, key), service.anyValue(), why);
                });
                return;
            }
            Target target = target(name, service);
            if (target instanceof ServiceTarget one) {
                checkPort(name, one, service.port());
                ports.merge(
                        one.name().typed(), Optional.ofNullable(service.port()), (old, other) -> old.or(() -> other));
            }
        });
        return new ConfiguredServices(ports);
    }

    /** The providers, with the cluster's behind what the properties explain. */
    private List<ResolverProvider> explained() {
        List<NamedService> named = new ArrayList<>();
        services.services().forEach((name, service) -> named.addAll(meaning(name, service)));
        return named.isEmpty()
                ? providers
                : providers.stream()
                        .map(each -> each.scheme().equals(Target.KUBERNETES) ? new NamedServices(each, named) : each)
                        .toList();
    }

    private List<NamedService> meaning(String name, ServiceProperties.Service service) {
        String endpoints = service.endpoints();
        String leadsTo = service.target();
        if ((endpoints == null && leadsTo == null) || ServicePattern.isOne(name)) {
            return List.of(); // Patterns with either are refused in configured().
        }
        String key = endpoints == null ? ServiceProperties.TARGET : ServiceProperties.ENDPOINTS;
        if (!(target(name, service) instanceof ServiceTarget target) || (endpoints != null && leadsTo != null)) {
            throw written.refusal(
                    property(name, key),
                    service.anyValue(),
                    "'" + name + "' (expected: a service's name, with either endpoints or a target)");
        }
        try {
            return List.of(
                    endpoints != null
                            ? NamedService.listed(target, endpoints)
                            : new NamedService(target, inCluster(String.valueOf(leadsTo))));
        } catch (InvalidTargetException e) {
            throw written.refusal(property(name, key), service.anyValue(), String.valueOf(e.getMessage()));
        }
    }

    private Target inCluster(String text) {
        Target target = parse(text);
        if (!target.scheme().equals(Target.KUBERNETES) || !target.parameters().isEmpty()) {
            throw new InvalidTargetException("target '" + text
                    + "' (expected: a service or pods of the cluster without settings, as in orders.shop:http;"
                    + " addresses are said by endpoints)");
        }
        return target;
    }

    private void refuseNegative(ConfigurationPropertyName name, Duration value) {
        if (value.isNegative()) {
            throw written.refusal(name, value, "it is negative (expected: zero or more, as in 10s)");
        }
    }

    private void checkPort(String name, ServiceTarget target, @Nullable String port) {
        if (port == null) {
            return;
        }
        if (target.port() != null) {
            throw written.refusal(
                    property(name, ServiceProperties.PORT),
                    port,
                    "the service's name '" + name + "' says a port already (expected: the port in one place)");
        }
        try {
            parse(name + ":" + port);
        } catch (InvalidTargetException e) {
            throw written.refusal(property(name, ServiceProperties.PORT), port, String.valueOf(e.getMessage()));
        }
    }

    private Target target(String name, ServiceProperties.Service service) {
        try {
            return parse(name);
        } catch (InvalidTargetException e) {
            throw written.refusal(property(name, service.anyKey()), service.anyValue(), String.valueOf(e.getMessage()));
        }
    }

    private void parseSelf(String self) {
        try {
            parse(self);
        } catch (InvalidTargetException e) {
            throw written.refusal(SELF_SERVICE, self, String.valueOf(e.getMessage()));
        }
    }

    private Target parse(String name) {
        String scheme = Target.schemeOf(name);
        for (ResolverProvider provider : providers) {
            if (provider.scheme().equals(scheme)) {
                return provider.parse(name);
            }
        }
        return Target.parse(name);
    }

    /** How the engine looks a service up: by service and namespace where both are said, whatever else was typed. */
    private static String canonical(Target target) {
        if (!(target instanceof ServiceTarget service)) {
            return target.withoutParameters().toString();
        }
        String namespace = service.name().namespace();
        String name =
                namespace == null ? service.name().service() : service.name().service() + "." + namespace;
        return service.port() == null ? name : name + ":" + service.port();
    }

    private ConfigurationPropertyName property(String service, String key) {
        return ServiceProperties.ofService(written, service, key);
    }
}
