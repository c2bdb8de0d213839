package io.inmesh.balancer.engine;

import io.inmesh.api.PickerFactory;
import io.inmesh.api.Prober;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.Names;
import io.inmesh.balancer.find.Providers;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.pick.RoundRobin;
import io.inmesh.balancer.pick.WeightedRoundRobin;
import io.inmesh.balancer.pick.hash.DestinationHash;
import io.inmesh.balancer.pick.hash.IpvsDestinationHash;
import io.inmesh.balancer.pick.hash.Rendezvous;
import io.inmesh.balancer.pick.hash.RingHash;
import io.inmesh.balancer.pick.hash.SourceHash;
import io.inmesh.balancer.pick.load.CacheAffinity;
import io.inmesh.balancer.pick.load.FirstOnly;
import io.inmesh.balancer.pick.load.LeastConnection;
import io.inmesh.balancer.pick.load.PeakEwmaChoice;
import io.inmesh.balancer.pick.load.PowerOfTwo;
import io.inmesh.balancer.pick.load.WeightedFailover;
import io.inmesh.balancer.pick.load.WeightedOverflow;
import io.inmesh.balancer.pick.prequal.Prequal;
import io.inmesh.balancer.pick.prequal.PrequalSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Balancing policies by name: the built-in ones and those the service loader finds. Immutable. */
public final class Policies {
    private final Map<String, PickerFactory> byName = new TreeMap<>();

    /** Refuses two policies of one name, naming both classes. */
    public Policies(Iterable<PickerFactory> factories) {
        for (PickerFactory factory : factories) {
            add(factory.name(), factory);
            factory.aliases().forEach(alias -> add(alias, factory));
        }
    }

    private void add(String name, PickerFactory factory) {
        PickerFactory other = byName.putIfAbsent(Names.normalize(name), factory);
        if (other != null) {
            throw new IllegalArgumentException("policy '" + name + "' is offered by "
                    + other.getClass().getName() + " and by "
                    + factory.getClass().getName()
                    + " (expected: one of them; rename or remove the other)");
        }
    }

    /** The built-in policies, and those on the class path. */
    public static Policies load() {
        return load(Prober.NONE);
    }

    /** The same, with what asks endpoints how loaded they are. */
    static Policies load(Prober prober) {
        List<PickerFactory> factories = new ArrayList<>(builtIn(prober));
        factories.addAll(Providers.of(PickerFactory.class));
        return new Policies(factories);
    }

    /**
     * The policy of that name or alias, with those of the settings that are its own.
     *
     * @param settings texts by key, {@code POLICY.SETTING}
     * @throws IllegalArgumentException if there is no such policy, or one of its settings is wrong
     */
    public PickerFactory configured(String name, Map<String, String> settings) {
        PickerFactory factory = named(name);
        String prefix = Names.normalize(factory.name()) + ".";
        Map<String, String> own = new TreeMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                own.put(key.substring(prefix.length()), value);
            }
        });
        return own.isEmpty() ? factory : factory.with(own);
    }

    /** A configuration with the policy that it names, under its settings. */
    public Balancing balancing(BalancerConfig config) {
        return new Balancing(config, configured(config.choosingPolicy(), config.policySettings()));
    }

    /**
     * Refuses settings that name an unknown policy, or say something wrong to any.
     *
     * @param settings texts by key, each key a known one
     * @throws IllegalArgumentException with the valid names, or with key, value and what is expected
     */
    public void check(Map<String, String> settings) {
        BalancerConfig config = BalancerConfig.of(settings);
        named(config.choosingPolicy());
        if (settings.containsKey(BalancerConfig.NODE_LOCAL_POLICY)) {
            named(settings.get(BalancerConfig.NODE_LOCAL_POLICY));
        }
        for (String key : settings.keySet()) {
            int dot = key.indexOf('.');
            if (dot > 0 && !BalancerConfig.isRoom(key.substring(0, dot))) {
                configured(key.substring(0, dot), settings);
            }
        }
    }

    /** Every policy of this library, with its default settings. */
    public static List<PickerFactory> builtIn() {
        return builtIn(Prober.NONE);
    }

    private static List<PickerFactory> builtIn(Prober prober) {
        List<PickerFactory> policies = new ArrayList<>(List.of(
                new RoundRobin(),
                new WeightedRoundRobin(),
                new RandomChoice(),
                new PowerOfTwo(),
                new PeakEwmaChoice(),
                new Prequal(PrequalSettings.DEFAULT, prober),
                new WeightedFailover(),
                new WeightedOverflow(),
                new CacheAffinity(false),
                new CacheAffinity(true),
                new FirstOnly(),
                new DestinationHash(),
                new RingHash(),
                new Rendezvous(),
                new IpvsDestinationHash(),
                new SourceHash(OwnAddress.find())));
        for (LeastConnection.Kind kind : LeastConnection.Kind.values()) {
            policies.add(new LeastConnection(kind));
        }
        return policies;
    }

    /**
     * The policy of that name or alias.
     *
     * @throws IllegalArgumentException if there is none, with the nearest and all valid names
     */
    public PickerFactory named(String name) {
        PickerFactory factory = byName.get(Names.normalize(name));
        if (factory == null) {
            Set<String> valid = new TreeSet<>(byName.keySet());
            valid.add(BalancerConfig.NODE_LOCAL);
            throw Names.unknown("policy", name, valid);
        }
        return factory;
    }
}
