package io.inmesh.spring;

import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.fault.Faults;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/** Whether an application says anything of inmesh, by properties or by beans. What it says is looked at when it starts; if it says nothing, nothing is made. */
final class Mention {
    /** What the mesh is made of besides properties. */
    private static final List<Class<?>> SAYING = List.of(
            MeshCustomizer.class,
            Faults.class,
            OutcomeClassifier.class,
            ResolverProvider.class,
            BalancerObserver.class);

    /** Those that are there anyhow. */
    private static final Set<String> OURS = Set.of(
            "inmeshResilience4j", "kubernetesResolverProvider", "inmeshDepartures", "meshMeters", "meshObservations");

    private final ListableBeanFactory beans;
    private final WrittenProperties written;

    Mention(ListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.written = new WrittenProperties(environment);
    }

    /** True if something is said. Makes no bean. */
    boolean isThere() {
        return written.isAny() || SAYING.stream().anyMatch(this::isAnotherThanOurs) || names(Mesh.class).length > 1;
    }

    private boolean isAnotherThanOurs(Class<?> type) {
        return Arrays.stream(names(type)).anyMatch(name -> !OURS.contains(name));
    }

    private String[] names(Class<?> type) {
        return beans.getBeanNamesForType(type, true, false);
    }
}
