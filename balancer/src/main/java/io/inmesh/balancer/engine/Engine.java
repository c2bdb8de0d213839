package io.inmesh.balancer.engine;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Locality;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Prober;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.budget.BudgetsByService;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Settings;
import io.inmesh.balancer.fault.Faults;
import io.inmesh.balancer.guard.Guard;
import io.inmesh.balancer.guard.GuardedPicks;
import io.inmesh.balancer.guard.SafeGuard;
import io.inmesh.balancer.health.HealthSource;
import io.inmesh.balancer.health.OutlierDetection;
import io.inmesh.balancer.health.ServiceHealth;
import io.inmesh.balancer.stage.Peers;
import io.inmesh.balancer.stage.Situation;
import io.inmesh.balancer.stage.Stage;
import io.inmesh.balancer.stage.weight.WeightsFromCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all balancers and channels of one mesh share.
 *
 * @param clock source of time
 * @param scheduler runs lanes and timers
 * @param random source of chance, safe for any number of threads
 * @param observer hears events; cannot fail
 * @param classifier turns what protocols report into outcomes
 * @param policies policies by name
 * @param settings what the application says of its services
 * @param states endpoint states by service port
 * @param health what watches the endpoints of each service port
 * @param budgets what the callers of a service share for sending again
 * @param views what people see of doors that balance by themselves
 * @param faults what is made to go wrong
 * @param extensions what adapters and rooms above add
 * @param place where this process runs, as far as is known
 * @param own the caller's own service
 * @param baseWeights the application's word for the weights of endpoints, or what leaves them as they are
 * @param seed of this process, another in every other one
 */
public record Engine(
        NanoClock clock,
        Scheduler scheduler,
        RandomGenerator random,
        BalancerObserver observer,
        OutcomeClassifier classifier,
        Policies policies,
        ApplicationSettings settings,
        StatesByService states,
        ServiceHealth health,
        BudgetsByService budgets,
        LiveViews views,
        Faults faults,
        Extensions extensions,
        Supplier<Locality> place,
        OwnService own,
        Stage baseWeights,
        long seed) {

    /**
     * Wraps the observers so that none can fail, and checks that every setting names something that exists.
     *
     * @param extensions what adapters and rooms above add
     * @param blocking runs what has to wait
     */
    public static Engine of(
            NanoClock clock,
            Scheduler scheduler,
            RandomGenerator random,
            List<BalancerObserver> observers,
            OutcomeClassifier classifier,
            Map<String, Settings> services,
            Settings defaults,
            Supplier<Locality> place,
            OwnService own,
            Prober prober,
            @Nullable ToIntFunction<Endpoint> weights,
            Extensions extensions,
            Faults faults,
            Executor blocking) {
        Policies policies = Policies.load(SafeProber.of(prober));
        ApplicationSettings.Said said = new ApplicationSettings.Said(services, defaults);
        check(said, policies, extensions);
        BalancerObserver observer = observers.isEmpty() ? BalancerObserver.NONE : new SafeObserver(observers);
        return new Engine(
                clock,
                scheduler,
                random,
                observer,
                SafeClassifier.of(classifier),
                policies,
                new ApplicationSettings(said),
                new StatesByService(clock),
                new ServiceHealth(
                        new HealthSource.Tools(clock, scheduler, random, observer, blocking),
                        withOwn(extensions.health())),
                new BudgetsByService(clock),
                new LiveViews(),
                faults,
                extensions,
                place,
                own,
                weights == null ? layout -> layout : new WeightsFromCode(weights),
                random.nextLong());
    }

    private static void check(ApplicationSettings.Said said, Policies policies, Extensions extensions) {
        ServiceConfigs.check(policies, extensions, said.defaults(), "settings for all services");
        said.services()
                .forEach((name, settings) -> ServiceConfigs.check(
                        policies, extensions, settings.orElse(said.defaults()), "settings for service " + name));
        ServiceConfigs.checkSwitches(said.defaults(), said.all(), "settings for all services");
        said.services()
                .forEach((name, settings) ->
                        ServiceConfigs.checkSwitches(settings, said.all(), "settings for service " + name));
    }

    /**
     * Has the application say something else of its services from now on.
     *
     * @throws IllegalArgumentException if it cannot be meant, or contradicts what else is said of a target in use: then nothing changes
     */
    public void replace(ApplicationSettings.Said next) {
        check(next, policies, extensions);
        settings.replace(next);
    }

    private static List<HealthSource.Demand> withOwn(List<HealthSource.Demand> demands) {
        List<HealthSource.Demand> all = new ArrayList<>(List.of(OutlierDetection.DEMAND));
        all.addAll(demands);
        return all;
    }

    /** What stages may know at this moment. */
    Situation situation(EndpointSet set, boolean followsKey) {
        Peers peers = own.peers();
        return new Situation(clock.nanoTime(), client(set, peers), peers, followsKey, seed);
    }

    /** Where this process runs: as it was told, else as the endpoint of its own service says, else the zone that others on its node have. */
    private Locality client(EndpointSet set, Peers peers) {
        Locality told = place.get();
        String node = told.node();
        String zone = told.zone();
        if (peers.hasRank()) {
            Locality own = peers.endpoints().get(peers.rank()).locality();
            node = node == null ? own.node() : node;
            zone = zone == null ? own.zone() : zone;
        }
        if (zone == null && node != null) {
            for (Endpoint endpoint : set.endpoints()) {
                if (node.equals(endpoint.locality().node())
                        && endpoint.locality().zone() != null) {
                    return endpoint.locality();
                }
            }
        }
        return new Locality(node, zone);
    }

    /** What stands before the requests for that target, or null. */
    public @Nullable GuardedPicks guarded(BalancerConfig config, Target target, ServiceKey key) {
        Guard guard = config.resilience4j().guardsService() ? extensions.guardOf(config, key) : null;
        return guard == null ? null : new GuardedPicks(new SafeGuard(guard), target, clock, observer);
    }

    /** The configuration of one target, heard from every level. */
    public ServiceConfigs configsFor(Target target, Settings code) {
        return new ServiceConfigs(this, target, code);
    }
}
