package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/**
 * Takes settings of services over to the running mesh when the environment has changed. Ports, endpoints and targets that are said for a service, and all
 * other properties, hold from start to end. What cannot be used is refused as a whole, and what held before stays.
 *
 * <p>Threads: any, one after the other.
 */
final class LiveSettings {
    private static final Logger log = LoggerFactory.getLogger(LiveSettings.class);

    private final MeshAssembly assembly;
    private final Environment environment;

    /** What the properties said last and could be used; null while that is what they said at start. Guarded by this. */
    private @Nullable ServiceSettings last;

    LiveSettings(MeshAssembly assembly, Environment environment) {
        this.assembly = assembly;
        this.environment = environment;
    }

    /** The environment has changed. A mesh of the application's own is not ours to change. */
    synchronized void refresh() {
        Mesh mesh = assembly.built();
        if (mesh == null) {
            return;
        }
        try {
            ServiceSettings before = last == null ? assembly.settings() : last;
            MeshAssembly next = assembly.with(ServiceProperties.read(environment), new WrittenProperties(environment));
            ServiceSettings now = next.checked();
            Set<String> changed = now.changedSince(before);
            if (changed.isEmpty()) {
                return;
            }
            ServiceSettings all = now.over(before, mesh.engine().settings().said());
            mesh.configure(all.defaults(), all.services());
            last = now;
            log.info("settings of services are changed with the environment: {}", String.join(", ", changed));
        } catch (InvalidPropertyException e) {
            log.warn(
                    "the changed environment is refused and the settings of services stay: {} = {}: {}",
                    e.property(),
                    e.value(),
                    e.reason());
        } catch (IllegalArgumentException e) {
            log.warn("the changed environment is refused and the settings of services stay: {}", e.getMessage());
        }
    }
}
