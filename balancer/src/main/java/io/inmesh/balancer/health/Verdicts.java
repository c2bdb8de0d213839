package io.inmesh.balancer.health;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import io.inmesh.balancer.state.Word;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One balancer's way to the sources of health that its configuration asks for: it tells them the endpoints and its members what they said.
 *
 * <p>Threads: one balancer's lane.
 */
public final class Verdicts {
    private final ServiceHealth health;
    private final ServiceKey key;
    private final Target target;
    private final EndpointStates states;
    private final Executor lane;
    private final Runnable assemble;
    private final Runnable changed = this::changed; // One object, by which sources know it.
    private final Map<HealthSource.Kind, SharedSource> sources = new LinkedHashMap<>();

    /** Told last. */
    private List<Endpoint> told = List.of();

    /** The configuration that was read last, null before the first. */
    private @Nullable BalancerConfig lastConfig;

    /** True while a member is not judged healthy, so that members are walked through only where there is something to say. */
    private boolean judged;

    private boolean closed;

    /** Set by sources, which say many things at once, taken back on this lane: one assembly for all of them. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    Verdicts(
            ServiceHealth health,
            ServiceKey key,
            Target target,
            EndpointStates states,
            Executor lane,
            Runnable assemble) {
        this.health = health;
        this.key = key;
        this.target = target;
        this.states = states;
        this.lane = lane;
        this.assemble = assemble;
    }

    ServiceKey key() {
        return key;
    }

    Target target() {
        return target;
    }

    EndpointStates states() {
        return states;
    }

    /** Called by sources when they have said something, on their lanes. */
    Runnable onChange() {
        return changed;
    }

    private void changed() {
        if (waiting.compareAndSet(false, true)) {
            lane.execute(() -> {
                waiting.set(false); // Before it looks at what was said.
                if (!closed) {
                    assemble.run();
                }
            });
        }
    }

    /**
     * Judges the members by what the sources have said until now.
     *
     * @param members of this balancer
     * @param endpoints those whose health matters: the whole set, or this process's part of it; a list that never changes
     * @param config says which sources count
     */
    public void judge(Collection<? extends Member> members, List<Endpoint> endpoints, BalancerConfig config) {
        tell(endpoints);
        ask(config);
        boolean silent =
                sources.values().stream().allMatch(source -> source.words().isEmpty());
        if (silent && !judged) {
            return; // As nearly always.
        }
        judged = !silent;
        List<Map<String, Word>> said =
                sources.values().stream().map(SharedSource::words).toList();
        for (Member member : members) {
            Word word = Word.HEALTHY;
            for (Map<String, Word> words : said) {
                word = word.and(words.getOrDefault(member.endpoint().id(), Word.HEALTHY));
            }
            member.judge(word);
        }
    }

    private void ask(BalancerConfig config) {
        if (config.equals(lastConfig)) {
            return;
        }
        lastConfig = config;
        List<HealthSource.Kind> wanted = health.wanted(config, key);
        Set<HealthSource.Kind> needless = new HashSet<>(sources.keySet());
        wanted.forEach(needless::remove);
        Set<HealthSource.Kind> succeeded = new HashSet<>();
        for (HealthSource.Kind kind : wanted) {
            if (!sources.containsKey(kind)) {
                HealthSource.Kind before =
                        needless.stream().filter(kind::succeeds).findFirst().orElse(null);
                SharedSource previous = before == null ? null : sources.get(before);
                if (before != null) {
                    succeeded.add(before);
                }
                SharedSource source = health.use(kind, this, previous);
                sources.put(kind, source);
                source.endpoints(changed, told, previous);
            }
        }
        needless.forEach(kind -> {
            sources.remove(kind);
            health.leave(kind, this, !succeeded.contains(kind));
        });
    }

    private void tell(List<Endpoint> endpoints) {
        if (!endpoints.equals(told)) {
            told = endpoints;
            sources.values().forEach(source -> source.endpoints(changed, endpoints, null));
        }
    }

    /** Asks nobody any more. */
    public void close() {
        closed = true;
        sources.keySet().forEach(kind -> health.leave(kind, this, false));
        sources.clear();
    }
}
