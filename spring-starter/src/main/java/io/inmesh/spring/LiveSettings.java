package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.engine.ApplicationSettings;
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

    /** Makes the mesh if it is not made yet: made later, it would be made of what was said at start. */
    private final Runnable making;

    /** What the properties said last and could be used; null while that is what they said at start. Guarded by this. */
    private @Nullable ServiceSettings last;

    /** What the log said last that a start is needed for. Guarded by this. */
    private Set<String> waiting = Set.of();

    LiveSettings(MeshAssembly assembly, Environment environment, Runnable making) {
        this.assembly = assembly;
        this.environment = environment;
        this.making = making;
    }

    /** The environment has changed. A mesh of the application's own is not ours to change. */
    synchronized void refresh() {
        try {
            if (new WrittenProperties(environment).isAny()) {
                making.run();
            }
            Mesh mesh = assembly.built();
            if (mesh == null) {
                return;
            }
            ServiceSettings before = last == null ? assembly.settings() : last;
            ServiceProperties read = ServiceProperties.read(environment);
            ServiceSettings now =
                    assembly.with(read, new WrittenProperties(environment)).checked();
            sayWhatWaits(read.fixedSince(assembly.services()));
            if (now.equals(before)) {
                return;
            }
            ApplicationSettings.Said said = mesh.engine().settings().said();
            ServiceSettings all = now.over(before, said);
            Set<String> changed = all.changedSince(ServiceSettings.of(said));
            mesh.configure(all.defaults(), all.services());
            last = now;
            if (!changed.isEmpty()) { // Where code has the word, nothing is.
                log.info("settings of services are changed with the environment: {}", String.join(", ", changed));
            }
        } catch (InvalidPropertyException e) {
            log.warn(
                    "the changed environment is refused and the settings of services stay: {} = {}: {}",
                    e.property(),
                    e.value(),
                    e.reason());
        } catch (RuntimeException e) {
            // Whatever it is, a policy of the application's own may throw anything: others hear of the change after us.
            log.warn("the changed environment is refused and the settings of services stay: {}", reason(e));
        }
    }

    private void sayWhatWaits(Set<String> changed) {
        if (!changed.isEmpty() && !changed.equals(waiting)) {
            log.warn(
                    "changed with the environment, but in use from the next start of the application only: {}",
                    String.join(", ", changed));
        }
        waiting = changed;
    }

    /** On one line, with the cause, which says what an exception of Spring's binder was about. */
    private static String reason(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String text = String.valueOf(error.getMessage());
        String whole = root == error ? text : text + ": " + root.getMessage();
        return whole.replaceAll("\\s*\\R\\s*", " ");
    }
}
