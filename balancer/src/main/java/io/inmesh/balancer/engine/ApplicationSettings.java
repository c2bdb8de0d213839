package io.inmesh.balancer.engine;

import io.inmesh.api.ServiceKey;
import io.inmesh.api.ServiceName;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.config.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the application says of its services, as of now. Replaced as a whole, if all who live by it can: then each is told and asks again.
 *
 * <p>Threads: any.
 */
public final class ApplicationSettings {
    /** Written by whoever replaces it, under the lock; read by lanes. */
    private volatile Said said;

    /** Guarded by this. */
    private final List<Listener> listeners = new ArrayList<>();

    /**
     * What is said.
     *
     * @param services settings by service name or pattern
     * @param defaults settings for all services
     */
    public record Said(Map<String, Settings> services, Settings defaults) {
        /** Copies. */
        public Said {
            services = Map.copyOf(services);
        }

        /** Every level of it. */
        Collection<Settings> all() {
            List<Settings> all = new ArrayList<>(services.values());
            all.add(defaults);
            return all;
        }

        /**
         * What is said of one service. Settings are found under the service's name, with or without namespace, with or without port;
         * where several speak, the more exact one wins, key by key; patterns ({@link ServicePatterns}) come after names.
         */
        Settings of(Target target, @Nullable ServiceKey key) {
            Settings found = services.getOrDefault(target.withoutParameters().toString(), Settings.NONE);
            List<String> names = namesOf(target, key);
            for (String name : names) {
                found = found.orElse(services.getOrDefault(name, Settings.NONE));
            }
            for (Settings byPattern : ServicePatterns.matching(services, names)) {
                found = found.orElse(byPattern);
            }
            return found;
        }

        /** The names under which an application may speak of a target, the most exact first. */
        private static List<String> namesOf(Target target, @Nullable ServiceKey key) {
            List<String> names = new ArrayList<>();
            String qualified = key == null || key.namespace().isEmpty() ? null : key.service() + "." + key.namespace();
            ServiceName typed = target instanceof ServiceTarget service ? service.name() : null;
            if (key != null && qualified != null) {
                names.add(qualified + ":" + key.portName());
            }
            if (target instanceof ServiceTarget service && service.port() != null) {
                names.add(service.name().typed() + ":" + service.port());
            }
            if (qualified != null) {
                names.add(qualified);
            }
            if (typed != null) {
                names.add(typed.typed());
                names.add(typed.service());
            }
            return names;
        }
    }

    /** A balancer or a channel that lives by it. */
    public interface Listener {
        /**
         * Refuses what contradicts what else is said of its target.
         *
         * @throws IllegalArgumentException if it does
         */
        void check(Said next);

        /** Something else is said now. Must not wait. */
        void changed();
    }

    ApplicationSettings(Said said) {
        this.said = said;
    }

    /** What holds now. */
    public Said said() {
        return said;
    }

    /** Tells that one of every change, until it is cancelled. */
    public synchronized Cancellable listen(Listener listener) {
        listeners.add(listener);
        return () -> forget(listener);
    }

    private synchronized void forget(Listener listener) {
        listeners.remove(listener);
    }

    /** Replaces it, unless somebody refuses: then all stays as it is. */
    void replace(Said next) {
        List<Listener> told;
        synchronized (this) {
            if (next.equals(said)) {
                return;
            }
            listeners.forEach(listener -> listener.check(next));
            said = next;
            told = List.copyOf(listeners);
        }
        told.forEach(Listener::changed);
    }
}
