package io.inmesh.balancer.health;

import io.inmesh.api.Endpoint;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Verdict;
import io.inmesh.api.lane.Lane;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Word;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source, its lane, what it has said, and those who asked for it.
 *
 * <p>Threads: users come and go under {@link ServiceHealth}'s lock; words are written on the source's lane and read on every user's.
 */
final class SharedSource {
    private static final Logger log = LoggerFactory.getLogger(SharedSource.class);

    private final HealthSource.Kind kind;
    private final ServiceKey key;
    private final Target target;
    private final HealthSource.Tools tools;
    private final Lane lane;

    /** Who is told of changes, each on whatever thread he then goes to his own lane from. */
    private final List<Runnable> users = new CopyOnWriteArrayList<>();

    /** What was said and is not healthy, by endpoint id; a map that never changes. Written on the lane. */
    private volatile Map<String, Word> words = Map.of();

    /** Lane only. Null before it has begun, and after it has ended or failed to begin. */
    private @Nullable HealthSource source;

    /** What each user has told. Lane only. */
    private final WatchedLists lists;

    /** Told to the source last. Lane only. */
    private List<Endpoint> told = List.of();

    /** Their ids, or null as long as nobody has asked: sets of many change often, and sources seldom speak. Lane only. */
    private @Nullable Set<String> ids;

    /**
     * Begins at once, on its lane.
     *
     * @param related one that differs in settings only, whose lane it shares; null if there is none
     * @param previous the one that its first user leaves for it, whose words hold until it has heard of its endpoints; null if there is none
     */
    SharedSource(
            HealthSource.Kind kind,
            ServiceKey key,
            Target target,
            EndpointStates states,
            HealthSource.Tools tools,
            @Nullable SharedSource related,
            @Nullable SharedSource previous) {
        this.kind = kind;
        this.key = key;
        this.target = target;
        this.tools = tools;
        this.lists = new WatchedLists(key);
        this.lane = related != null
                ? related.lane
                : Lane.on(tools.scheduler(), error -> log.error("{}: {} failed", key.describe(), kind.name(), error));
        this.words = previous == null ? Map.of() : previous.words;
        lane.execute(
                () -> source = kind.begin(new HealthSource.Site(key, target, states, lane, this::sayOnLane, tools)));
    }

    Map<String, Word> words() {
        return words;
    }

    void add(Runnable changed) {
        users.add(changed);
    }

    /** One user less, with his list; true if that was the last. */
    boolean remove(Runnable changed) {
        users.remove(changed);
        if (users.isEmpty()) {
            return true;
        }
        lane.execute(() -> {
            lists.drop(changed);
            endpointsOnLane(null);
        });
        return false;
    }

    /**
     * That user wants to know of these from now on.
     *
     * @param previous the one that he leaves for this, or null: what it has said of them holds on
     */
    void endpoints(Runnable user, List<Endpoint> endpoints, @Nullable SharedSource previous) {
        lane.execute(() -> {
            lists.tell(user, endpoints);
            endpointsOnLane(previous);
        });
    }

    /** Ends it; where it was switched off, whoever was out is back. */
    void close(boolean switchedOff) {
        lane.execute(() -> {
            HealthSource ended = source;
            Map<String, Word> said = words;
            source = null;
            words = Map.of();
            if (ended != null) {
                ended.close();
            }
            if (switchedOff) {
                told.stream()
                        .filter(endpoint -> said.containsKey(endpoint.id()))
                        .forEach(endpoint ->
                                tell(endpoint, said.getOrDefault(endpoint.id(), Word.HEALTHY), Word.HEALTHY));
            }
        });
    }

    private void endpointsOnLane(@Nullable SharedSource previous) {
        HealthSource hearing = source;
        List<Endpoint> endpoints = lists.all();
        if (hearing == null || endpoints.equals(told)) {
            if (hearing == null || told.isEmpty()) {
                boolean saidAny = !words.isEmpty();
                words = Map.of(); // Taken over, perhaps, and nobody would ever take it back.
                if (saidAny) {
                    users.forEach(Runnable::run);
                }
            }
            return;
        }
        Set<String> knownBefore = previous == null ? Set.of() : Set.copyOf(idsOnLane());
        told = endpoints;
        ids = null;
        HealthSource before = previous == null ? null : previous.source;
        if (previous == null || before == null) {
            keepOnly(words);
            hearing.endpoints(endpoints);
            return;
        }
        // Read anew, here, where it is said: meanwhile somebody may be back.
        Map<String, Word> both = new HashMap<>(previous.words);
        both.keySet().removeAll(knownBefore);
        words.forEach((id, word) -> {
            if (knownBefore.contains(id)) {
                both.put(id, word);
            }
        });
        keepOnly(both);
        hearing.endpoints(endpoints, before);
        users.forEach(Runnable::run);
    }

    private void keepOnly(Map<String, Word> said) {
        if (!said.isEmpty()) {
            Map<String, Word> left = new HashMap<>(said);
            left.keySet().retainAll(idsOnLane());
            words = Map.copyOf(left);
        } else {
            words = Map.of();
        }
    }

    private Set<String> idsOnLane() {
        Set<String> known = ids;
        if (known == null) {
            known = new HashSet<>(told.size() * 2);
            for (Endpoint endpoint : told) {
                known.add(endpoint.id());
            }
            ids = known;
        }
        return known;
    }

    private void sayOnLane(Endpoint endpoint, Word word) {
        lane.assertOnLane();
        Word before = words.getOrDefault(endpoint.id(), Word.HEALTHY);
        if (word.equals(before) || !idsOnLane().contains(endpoint.id())) {
            return;
        }
        Map<String, Word> now = new HashMap<>(words);
        if (word.isHealthy()) {
            now.remove(endpoint.id());
        } else {
            now.put(endpoint.id(), word);
        }
        words = Map.copyOf(now);
        tell(endpoint, before, word);
        users.forEach(Runnable::run);
    }

    /** One line, and one event, for each time that it is taken out and that it is back, however many balancers have it. */
    private void tell(Endpoint endpoint, Word before, Word word) {
        Verdict verdict = word.verdict();
        switch (verdict.kind()) {
            case EJECTED, UNREACHABLE -> {
                String howLong = word.howLong().isZero() ? "" : " for " + word.howLong();
                log.info(
                        "{}: endpoint {} is ejected{}: {}", key.describe(), endpoint.address(), howLong, verdict.why());
                tools.observer().ejected(target, endpoint, verdict.why(), word.howLong());
            }
            case TRIAL ->
                log.debug("{}: endpoint {} is on trial: {}", key.describe(), endpoint.address(), verdict.why());
            case HEALTHY -> {
                log.info("{}: endpoint {} is back; it was {}", key.describe(), endpoint.address(), before.verdict());
                tools.observer().restored(target, endpoint);
            }
        }
    }

    @Override
    public String toString() {
        return kind.name() + " of " + key.describe();
    }
}
