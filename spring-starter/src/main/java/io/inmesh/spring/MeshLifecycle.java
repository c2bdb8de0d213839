package io.inmesh.spring;

import io.inmesh.balancer.Mesh;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Begins before everything that serves requests, and ends after it: in its phase web servers, listeners and schedulers are not there yet, or
 * have finished what they had, graceful shutdown included. Only a context that closes closes the mesh: one that is paused or stopped may
 * be started again, and finds its mesh as it was.
 *
 * <p>Where something is said of inmesh, what is said is checked as the context starts, also where beans are lazy. Else nothing is made.
 *
 * <p>Threads: those that start and stop the context, one at a time.
 */
final class MeshLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, ApplicationContextAware {
    /** Between everything and the beans themselves: Boot's web servers are at the other end, some thousands below the largest number. */
    static final int PHASE = Integer.MIN_VALUE / 2;

    private static final Logger log = LoggerFactory.getLogger(MeshLifecycle.class);

    private final Supplier<@Nullable WarmUp> warmUps;
    private final Iterable<StartCheck> checks;
    private final ObjectProvider<Mesh> meshes;
    private final Supplier<Optional<Sidecar>> sidecars;

    private @Nullable ApplicationContext context;
    private @Nullable WarmUp warmUp; // Kept for the next start of a context that was stopped.

    // Written and read by the threads that start and close the context, which Spring lets in one at a time, and by
    // whoever asks isRunning.
    private volatile @Nullable Mesh closing;
    private volatile boolean closed;
    private volatile boolean running;

    /**
     * Creates it.
     *
     * @param warmUps gives what is to be warmed, null where nothing is said of inmesh
     * @param checks refuse what cannot be meant
     * @param sidecars looks whether there is one
     */
    MeshLifecycle(
            Supplier<@Nullable WarmUp> warmUps,
            Iterable<StartCheck> checks,
            ObjectProvider<Mesh> meshes,
            Supplier<Optional<Sidecar>> sidecars) {
        this.warmUps = warmUps;
        this.checks = checks;
        this.meshes = meshes;
        this.sidecars = sidecars;
    }

    /** That mesh ends with the context. */
    void closes(Mesh mesh) {
        closing = mesh;
    }

    @Override
    public void setApplicationContext(ApplicationContext own) {
        context = own;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) { // Children, the management context say, tell their parents.
            closed = true;
        }
    }

    @Override
    public void start() {
        if (running) {
            return;
        }
        running = true;
        sidecars.get().ifPresent(sidecar -> log.warn("{}", sidecar.warning()));
        WarmUp warming = warmUp;
        if (warming == null) {
            warming = warmUps.get();
            if (warming == null) {
                return;
            }
            checks.forEach(StartCheck::check);
            warmUp = warming;
        }
        if (warming.isNeeded()) {
            meshes.ifAvailable(warming::warm);
        }
    }

    @Override
    public void stop() {
        running = false;
        Mesh mesh = closing;
        if (closed && mesh != null) {
            mesh.close();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
