package io.inmesh.balancer.health;

import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.state.EndpointStates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The sources of health that are at work in a mesh: for each service port one of each kind that a balancer or channel there asked for.
 *
 * <p>Threads: any; one lock, taken on lanes and by gauges, and never while a request is placed.
 */
public final class ServiceHealth {
    private final HealthSource.Tools tools;
    private final List<HealthSource.Demand> demands;

    /** Guarded by itself. */
    private final Map<Asked, SharedSource> sources = new HashMap<>();

    private record Asked(ServiceKey key, HealthSource.Kind kind) {}

    /** With these sources, where a configuration asks for them. */
    public ServiceHealth(HealthSource.Tools tools, List<HealthSource.Demand> demands) {
        this.tools = tools;
        this.demands = List.copyOf(demands);
    }

    /**
     * The verdicts on one balancer's members; close them with the members.
     *
     * @param lane the balancer's
     * @param assemble called there when something was said, to judge the members and make another picker of them
     */
    public Verdicts verdicts(ServiceKey key, Target target, EndpointStates states, Executor lane, Runnable assemble) {
        return new Verdicts(this, key, target, states, lane, assemble);
    }

    /** What a configuration asks for. */
    List<HealthSource.Kind> wanted(BalancerConfig config, ServiceKey key) {
        List<HealthSource.Kind> kinds = new ArrayList<>();
        for (HealthSource.Demand demand : demands) {
            HealthSource.Kind kind = demand.of(config, key);
            if (kind != null) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /**
     * One more user of the source of that kind, which begins if he is the first.
     *
     * @param previous the source that he leaves for this one, or null
     */
    SharedSource use(HealthSource.Kind kind, Verdicts user, @Nullable SharedSource previous) {
        synchronized (sources) {
            Asked asked = new Asked(user.key(), kind);
            SharedSource source = sources.get(asked);
            if (source == null) {
                kind.asked();
                source = new SharedSource(
                        kind, asked.key, user.target(), user.states(), tools, related(asked), previous);
                sources.put(asked, source);
            }
            source.add(user.onChange());
            return source;
        }
    }

    /** One of the same port that differs in settings only, or null; whoever does so shares its lane. */
    private @Nullable SharedSource related(Asked asked) {
        for (Map.Entry<Asked, SharedSource> other : sources.entrySet()) {
            if (other.getKey().key.equals(asked.key) && asked.kind.succeeds(other.getKey().kind)) {
                return other.getValue();
            }
        }
        return null;
    }

    /**
     * One user less; the last one's leaving ends the source.
     *
     * @param switchedOff whether his endpoints go on without such a source: then whoever was out is back
     */
    void leave(HealthSource.Kind kind, Verdicts user, boolean switchedOff) {
        synchronized (sources) {
            Asked asked = new Asked(user.key(), kind);
            SharedSource source = sources.get(asked);
            if (source != null && source.remove(user.onChange())) {
                sources.remove(asked);
                source.close(switchedOff);
                kind.left();
            }
        }
    }

    /** Ids of the endpoints of that port that any of its sources keeps out now. */
    public Set<String> ejected(ServiceKey key) {
        List<SharedSource> speaking;
        synchronized (sources) {
            speaking = sources.entrySet().stream()
                    .filter(entry -> entry.getKey().key.equals(key))
                    .map(Map.Entry::getValue)
                    .toList();
        }
        Set<String> ids = new HashSet<>();
        for (SharedSource source : speaking) {
            source.words().forEach((id, word) -> {
                if (word.isOut()) {
                    ids.add(id);
                }
            });
        }
        return ids;
    }

    /** How many sources are at work: none when every balancer and channel has been closed. */
    public int size() {
        synchronized (sources) {
            return sources.size();
        }
    }
}
