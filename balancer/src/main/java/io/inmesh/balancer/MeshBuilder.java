package io.inmesh.balancer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Internal;
import io.inmesh.api.Locality;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Prober;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.check.Checks;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Extensions;
import io.inmesh.balancer.engine.OwnService;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.find.Providers;
import io.inmesh.balancer.guard.Guard;
import io.inmesh.balancer.health.HealthSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link Mesh} together.
 *
 * <pre>{@code
 * Mesh mesh = Mesh.builder()
 *         .defaults(Map.of("policy", "round-robin"))
 *         .service("orders.shop", Map.of("policy", "random"))
 *         .build();
 * }</pre>
 *
 * <p>Threads: one; the mesh it builds is safe for all.
 */
public final class MeshBuilder {
    /** Doors wait this long for the first answer about a target unless told otherwise. */
    public static final Duration DEFAULT_STARTUP_WAIT = Duration.ofSeconds(10);

    private final Map<String, ResolverProvider> given = new TreeMap<>();
    private final List<BalancerObserver> observers = new ArrayList<>();
    private final Map<String, Settings> services = new HashMap<>();
    private Settings defaults = Settings.NONE;
    private OutcomeClassifier classifier = OutcomeClassifier.standard();
    private NanoClock clock = NanoClock.system();
    private Prober prober = Prober.NONE;
    private Faults faults = Faults.none();
    private Duration startupWait = DEFAULT_STARTUP_WAIT;
    private Duration closeWait = Duration.ZERO;
    private @Nullable ToIntFunction<Endpoint> weights;
    private @Nullable Locality locality;
    private @Nullable String self;
    private @Nullable Scheduler scheduler;
    private @Nullable Executor blocking;
    private @Nullable RandomGenerator random;
    private Extensions extensions = Extensions.NONE.withHealth(Checks.DEMAND);

    MeshBuilder() {}

    /** Resolves these schemes by these providers, instead of those on the class path. The caller closes them, after the mesh. */
    public MeshBuilder resolvers(ResolverProvider... providers) {
        for (ResolverProvider provider : providers) {
            if (given.putIfAbsent(provider.scheme(), provider) != null) {
                throw new IllegalArgumentException(
                        "resolvers: two for scheme '" + provider.scheme() + "' (expected: one for each scheme)");
            }
        }
        return this;
    }

    /** Settings for all services, outranked by everything but the built-in defaults. */
    public MeshBuilder defaults(Map<String, String> settings) {
        defaults = new Settings(settings);
        return this;
    }

    /**
     * The application's settings for one service.
     *
     * @param name the service as targets name it, with or without namespace and port; with {@code *} for any characters but {@code .} and {@code :} it
     *     speaks of all services that match, as in {@code *.shop}, after those that are named
     * @param settings keys and values
     */
    public MeshBuilder service(String name, Map<String, String> settings) {
        String found = asFound(name);
        if (services.putIfAbsent(found, new Settings(settings)) != null) {
            throw new IllegalArgumentException("service '" + name + "' is configured twice (expected: once)");
        }
        return this;
    }

    /** Targets print service names in lower case; what another scheme's path means is not ours to change. */
    static String asFound(String name) {
        return name.contains("://") ? name : name.toLowerCase(Locale.ROOT);
    }

    /** Tells that observer everything; may be called several times. */
    public MeshBuilder observer(BalancerObserver observer) {
        observers.add(observer);
        return this;
    }

    /** Has endpoints watched by one more source of health, where a configuration asks for it. For adapters. */
    @Internal
    public MeshBuilder health(HealthSource.Demand demand) {
        extensions = extensions.withHealth(demand);
        return this;
    }

    /** Has that stand before the requests of services, where a configuration asks for it; once at most. For adapters. */
    @Internal
    public MeshBuilder guard(Guard.Demand demand) {
        extensions = extensions.withGuard(demand);
        return this;
    }

    /** Reads protocols' codes by that classifier. */
    public MeshBuilder classifier(OutcomeClassifier newClassifier) {
        classifier = newClassifier;
        return this;
    }

    /**
     * Weighs endpoints by that function, instead of by the weights that they bring along. It is asked on lanes, again with each change, and must be
     * quick. Where it fails, or says something out of range, the endpoint keeps its own weight, and the log says so once.
     *
     * @param newWeights from 0, which quiesces, to {@link Endpoint#MAX_WEIGHT}; may look at the endpoint's own weight
     */
    public MeshBuilder weights(ToIntFunction<Endpoint> newWeights) {
        weights = newWeights;
        return this;
    }

    /** Asks endpoints by that prober how loaded they are, where the policy is {@code prequal}. Default: nobody is asked. */
    public MeshBuilder prober(Prober newProber) {
        prober = newProber;
        return this;
    }

    /** How long doors wait for the first answer about a target; default 10 s, zero or more. */
    public MeshBuilder startupWait(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("startup-wait: " + limit + " (expected: zero or more)");
        }
        startupWait = limit;
        return this;
    }

    /**
     * How long {@link Mesh#close()} waits for running leases to end, at most; default zero, not at all. A lease that nobody ever completes holds it up
     * for all of that time.
     */
    public MeshBuilder closeWait(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("close-wait: " + limit + " (expected: zero or more)");
        }
        closeWait = limit;
        return this;
    }

    /** Where this process runs, for stages that prefer the near. Default: as the resolvers know it, from the downward API or a configuration. */
    public MeshBuilder locality(Locality newLocality) {
        locality = newLocality;
        return this;
    }

    /**
     * The service that this process is a pod of, for what goes by the other callers: zone-aware balancing, and subsets by rank. Which of its
     * endpoints this process is, is told by the pod's name ({@code POD_NAME}, else {@code HOSTNAME} of the environment) or its address.
     *
     * @param target such as {@code checkout.shop:http}; watched only while a service is balanced that way
     */
    public MeshBuilder self(String target) {
        self = target;
        return this;
    }

    /** Reads that clock, for tests. */
    public MeshBuilder clock(NanoClock newClock) {
        clock = newClock;
        return this;
    }

    /** Runs on that scheduler, which the caller closes, instead of threads of its own. */
    public MeshBuilder scheduler(Scheduler newScheduler) {
        scheduler = newScheduler;
        return this;
    }

    /**
     * Runs attempts of blocking clients on that executor, which the caller closes, where they cannot run on their callers' threads, being timed, hedged or
     * under a deadline; names that active checks go to are looked up there as well. It must start each at once. Default: virtual threads where the
     * JDK has them, else daemon threads.
     */
    public MeshBuilder blocking(Executor executor) {
        blocking = executor;
        return this;
    }

    /** Lets these faults happen to what is sent through {@link Mesh#attempts} and to gRPC calls, for tests; default none. */
    public MeshBuilder faults(Faults newFaults) {
        faults = newFaults;
        return this;
    }

    /** Draws from there, for tests; must be safe for every thread that picks. */
    public MeshBuilder random(RandomGenerator newRandom) {
        random = newRandom;
        return this;
    }

    /**
     * Builds it.
     *
     * @throws IllegalArgumentException if a setting names something unknown
     */
    public Mesh build() {
        List<AutoCloseable> owned = new ArrayList<>();
        Map<String, ResolverProvider> providers = new TreeMap<>(given);
        for (ResolverProvider found : Providers.of(ResolverProvider.class)) {
            if (!given.containsKey(found.scheme())) {
                ResolverProvider other = providers.put(found.scheme(), found);
                if (other != null) {
                    throw new IllegalArgumentException("scheme '" + found.scheme() + "' is resolved by "
                            + other.getClass().getName() + " and by "
                            + found.getClass().getName()
                            + ", both on the class path (expected: one; name it by resolvers(...))");
                }
                owned.add(found);
            }
        }
        Scheduler runs = scheduler == null ? Scheduler.system("inmesh") : scheduler;
        AttemptThreads attemptThreads = new AttemptThreads();
        Runnable closeThreads = () -> {
            attemptThreads.close();
            if (scheduler == null) {
                runs.close();
            }
        };
        // Each thread's own generator: no draw writes a word that threads share.
        RandomGenerator draws =
                random == null ? () -> ThreadLocalRandom.current().nextLong() : random;
        ResolverProvider.Context resolving = new ResolverProvider.Context(clock, runs);
        Supplier<Locality> place = locality == null ? () -> placeOf(providers.values()) : () -> locality;
        Executor blocks = blocking == null ? attemptThreads : blocking;
        Engine engine = Engine.of(
                clock,
                runs,
                draws,
                observers,
                classifier,
                services,
                defaults,
                place,
                ownService(providers, resolving),
                prober,
                weights,
                extensions,
                faults,
                blocks);
        return new Mesh(
                engine, new Resolvers(providers, resolving), startupWait, closeWait, owned, blocks, closeThreads);
    }

    private static Locality placeOf(Collection<ResolverProvider> providers) {
        return providers.stream()
                .map(ResolverProvider::place)
                .filter(place -> !place.equals(Locality.UNKNOWN))
                .findFirst()
                .orElse(Locality.UNKNOWN);
    }

    private OwnService ownService(Map<String, ResolverProvider> providers, ResolverProvider.Context resolving) {
        OwnService.Identity identity = OwnService.Identity.ofThisProcess(System.getenv());
        if (self == null) {
            return new OwnService(null, identity);
        }
        ResolverProvider provider = providers.get(Target.schemeOf(self));
        if (provider == null) {
            throw new IllegalArgumentException("self: '" + self + "' (expected: a target of scheme "
                    + String.join(", ", providers.keySet()) + "; for k8s add io.inmesh:inmesh-resolver)");
        }
        Target target = provider.parse(self);
        return new OwnService(() -> provider.newResolver(target, resolving), identity);
    }
}
