package io.inmesh.balancer.engine;

import io.inmesh.api.PickerFactory;
import io.inmesh.balancer.config.Names;
import io.inmesh.balancer.pick.PowerOfTwo;
import io.inmesh.balancer.pick.RandomChoice;
import io.inmesh.balancer.pick.RoundRobin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

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
        List<PickerFactory> factories = new ArrayList<>();
        factories.add(new RoundRobin());
        factories.add(new RandomChoice());
        factories.add(new PowerOfTwo());
        ServiceLoader.load(PickerFactory.class).forEach(factories::add);
        return new Policies(factories);
    }

    /**
     * The policy of that name or alias.
     *
     * @throws IllegalArgumentException if there is none, with the nearest and all valid names
     */
    public PickerFactory named(String name) {
        PickerFactory factory = byName.get(Names.normalize(name));
        if (factory == null) {
            throw Names.unknown("policy", name, byName.keySet());
        }
        return factory;
    }
}
