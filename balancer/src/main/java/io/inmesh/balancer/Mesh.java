package io.inmesh.balancer;

import io.inmesh.api.Internal;
import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Resolver;
import io.inmesh.api.Target;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.attempt.AttemptResources;
import io.inmesh.balancer.attempt.AttemptTerms;
import io.inmesh.balancer.attempt.Attempts;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.config.AttemptsConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.engine.ApplicationSettings;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.ServiceConfigs;
import io.inmesh.balancer.request.RequestRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an application gets its balancers: resolvers by scheme, configuration and observers, put together once.
 *
 * <pre>{@code
 * try (Mesh mesh = Mesh.create();
 *         LoadBalancer orders = mesh.service("orders.shop:http")) {
 *     orders.whenReady(Duration.ofSeconds(5)).toCompletableFuture().join();
 *     if (orders.pick(PickContext.NONE) instanceof Lease lease) {
 *         try (lease) {
 *             lease.complete(send(lease.endpoint()));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Balancers of one mesh that reach the same port of a service share its endpoints' counters, whatever they call it. One mesh per
 * application is enough; a second one shares nothing with the first.
 *
 * <p>Threads: any.
 */
public final class Mesh implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Mesh.class);

    private final Engine engine;
    private final Resolvers resolvers;
    private final Duration startupWait;
    private final Duration closeWait;
    private final List<AutoCloseable> owned;
    private final AttemptResources attempting;
    private final ThreadsHold threads;
    private final MeshEnd end = new MeshEnd();

    /** One balancer per target and settings, with the number of handles on it. Guarded by itself. */
    private final Map<Use, Shared> balancers = new HashMap<>();

    /** Guarded by {@link #balancers}. */
    private boolean closed;

    private record Use(Target target, Settings code) {}

    private static final class Shared {
        private final ServiceBalancer balancer;

        /** Guarded by the mesh's map. */
        private int users;

        private Shared(ServiceBalancer balancer) {
            this.balancer = balancer;
        }
    }

    Mesh(
            Engine engine,
            Resolvers resolvers,
            Duration startupWait,
            Duration closeWait,
            List<AutoCloseable> owned,
            Executor blocking,
            Runnable closeThreads) {
        this.engine = engine;
        this.resolvers = resolvers;
        this.startupWait = startupWait;
        this.closeWait = closeWait;
        this.owned = List.copyOf(owned);
        this.threads = new ThreadsHold(closeThreads);
        this.attempting = new AttemptResources(
                engine.clock(),
                engine.scheduler(),
                engine.random(),
                engine.observer(),
                engine.classifier(),
                engine.faults(),
                blocking,
                threads);
    }

    /** A mesh with everything at its default: in a pod, or wherever a kubeconfig is, it needs no configuration. */
    public static Mesh create() {
        return builder().build();
    }

    /** A mesh to be told more. */
    public static MeshBuilder builder() {
        return new MeshBuilder();
    }

    /**
     * Reads a target as this mesh understands it.
     *
     * @throws InvalidTargetException if the text is malformed or names a scheme that no resolver on the class path serves
     */
    public Target parse(String text) {
        return resolvers.parse(text);
    }

    /**
     * A balancer for a target; close it when it is needed no more.
     *
     * @param target such as {@code orders.shop:http}; see {@link Target} for every form
     * @throws InvalidTargetException if the target is malformed or its scheme unknown
     * @throws IllegalArgumentException if it names an unknown policy or setting
     */
    public LoadBalancer service(String target) {
        return service(parse(target), Map.of());
    }

    /**
     * A balancer for a target, with settings from code.
     *
     * @param target what to reach
     * @param settings keys and values that outrank every other level but the target's own query
     * @throws IllegalArgumentException if a setting is unknown
     */
    public LoadBalancer service(Target target, Map<String, String> settings) {
        Settings code = ServiceConfigs.ofTarget(target, settings);
        Use use = new Use(target, code);
        synchronized (balancers) {
            if (closed) {
                throw new IllegalStateException("the mesh was closed (expected: an open one, to reach " + target + ")");
            }
            Shared shared = balancers.get(use);
            if (shared == null) {
                shared = new Shared(newBalancer(target, code));
                // Under the lock, so that a mesh that is closed meanwhile closes a watch that has begun.
                begin(shared.balancer);
                balancers.put(use, shared);
            }
            shared.users++;
            Shared held = shared;
            return new BalancerHandle(held.balancer, () -> giveBack(use, held));
        }
    }

    /**
     * Replaces what the application says of its services, which {@link MeshBuilder#defaults} and {@link MeshBuilder#service} said first. Balancers and
     * channels in use take it over by themselves, as they do with annotations; counters, estimates and ejections stay.
     *
     * @param defaults settings for all services
     * @param services settings by service name or pattern
     * @throws IllegalArgumentException if a setting names something unknown, or contradicts what else is said of a target in use: then nothing changes
     */
    public void configure(Map<String, String> defaults, Map<String, Map<String, String>> services) {
        Map<String, Settings> byName = new HashMap<>();
        services.forEach((name, settings) -> byName.put(MeshBuilder.asFound(name), new Settings(settings)));
        engine.replace(new ApplicationSettings.Said(byName, new Settings(defaults)));
    }

    /**
     * Sends requests to the endpoints of a balancer, and what is safe to repeat once more, elsewhere. For one of this mesh by the settings of its
     * service and from the budget that all its callers share; for any other by the defaults and from a budget of its own.
     */
    public Attempts attempts(LoadBalancer balancer) {
        if (balancer instanceof BalancerHandle handle) {
            return Attempts.of(balancer, handle::look, handle::terms, attempting);
        }
        Terms terms = new AttemptTerms(engine.budgets(), engine.clock()).ofNobody(AttemptsConfig.DEFAULT);
        return Attempts.of(balancer, balancer::choose, () -> terms, attempting);
    }

    /** What is read from the requests of a balancer of this mesh at this moment; nothing for any other. For doors that know a request's head. */
    @Internal
    public RequestRules rules(LoadBalancer balancer) {
        return balancer instanceof BalancerHandle handle ? handle.rules() : RequestRules.NONE;
    }

    /** Reads protocols' codes as {@link MeshBuilder#classifier} was told; it never fails, since the standard one decides where that one does. */
    public OutcomeClassifier classifier() {
        return engine.classifier();
    }

    private ServiceBalancer newBalancer(Target target, Settings code) {
        ServiceConfigs configs = engine.configsFor(target, code);
        Lane lane = Lane.on(engine.scheduler(), error -> log.error("balancer of {} failed", target, error));
        ServiceBalancer balancer = new ServiceBalancer(engine, target, lane, newResolver(target), configs);
        threads.take(); // The mesh is open, and holds them as well.
        return balancer;
    }

    /**
     * A resolver of this mesh, not yet started. For doors that balance by themselves.
     *
     * @throws IllegalStateException if the mesh was closed
     */
    @Internal
    public Resolver newResolver(Target target) {
        if (end.isOver()) {
            throw new IllegalStateException("the mesh was closed (expected: an open one, to reach " + target + ")");
        }
        return resolvers.newResolver(target);
    }

    /** What this mesh's doors share. */
    @Internal
    public Engine engine() {
        return engine;
    }

    /** Runs this when the mesh is closed, or now if it is: for doors that balance by themselves. */
    @Internal
    public Scheduler.Cancellable onClose(Runnable listener) {
        return end.listen(listener);
    }

    /** How long doors wait for the first answer about a target, at most. */
    public Duration startupWait() {
        return startupWait;
    }

    /** Every balancer in use, and every gRPC channel on this mesh, as it is now. */
    public List<LoadBalancer.Snapshot> snapshots() {
        List<LoadBalancer.Snapshot> all = new ArrayList<>(engine.views().snapshots());
        all.addAll(balancerSnapshots());
        return all;
    }

    /** Every balancer in use, without channels. */
    @Internal
    public List<LoadBalancer.Snapshot> balancerSnapshots() {
        List<LoadBalancer.Snapshot> all = new ArrayList<>();
        synchronized (balancers) {
            balancers.values().forEach(shared -> all.add(shared.balancer.snapshot()));
        }
        return all;
    }

    private void giveBack(Use use, Shared shared) {
        synchronized (balancers) {
            shared.users--;
            if (shared.users > 0 || !balancers.remove(use, shared)) {
                return; // Others use it, or the mesh has closed it.
            }
        }
        shared.balancer.close(threads::release);
    }

    private void begin(ServiceBalancer balancer) {
        try {
            balancer.start();
        } catch (RuntimeException e) {
            balancer.close(threads::release);
            throw e;
        }
    }

    /**
     * Closes every balancer and what the mesh made for itself: its threads, and the resolvers it found on the class path. New requests are told
     * {@code CLOSED} at once, new calls of its gRPC channels too, and a closed mesh gives no balancer. Then it waits for running leases, gRPC calls among them, as long as {@link
     * MeshBuilder#closeWait} says; by default not at all. Whatever runs longer goes on. Not to be called on a thread of the mesh, such as an observer is
     * told on, where there is something to wait for. A thread that is interrupted waits no longer, and stays interrupted.
     */
    @Override
    public void close() {
        List<Shared> open;
        RunningLeases leases;
        synchronized (balancers) {
            if (closed) {
                return;
            }
            closed = true;
            open = new ArrayList<>(balancers.values());
            balancers.clear();
            leases = new RunningLeases(engine.states().all()); // Before balancers give them back.
        }
        open.forEach(shared -> shared.balancer.close(threads::release));
        end.tell();
        if (!closeWait.isZero()) {
            leases.await(closeWait, engine.scheduler());
        }
        engine.own().close();
        resolvers.release();
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                log.warn("{} did not close", each, e);
            }
        }
        threads.release();
    }
}
