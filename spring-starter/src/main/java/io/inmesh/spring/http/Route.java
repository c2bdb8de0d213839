package io.inmesh.spring.http;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * From host, port and scheme of a URL to the balancer of a service's port.
 *
 * <p>Where a URL names no port there are several candidates (design: port 80 or 443, the port named like the scheme, the only one). They
 * are asked in that order; one whose service has no such port gives way to the next, the first other answer wins and stays. When the
 * winner's port goes away, or what the service says of it becomes ambiguous, they are asked again: a service may change its ports. A better
 * candidate that appears while the winner serves is not looked for.
 *
 * <p>Threads: any.
 */
public final class Route {
    /** The search gives up when its mesh closes; until then an answer is worth having. */
    private static final Duration UNTIL_CLOSED = Duration.ofDays(365);

    private final Mesh mesh;
    private final List<Target> candidates;
    private final Map<String, String> settings;

    /** Replaced by whichever request finds that the last winner's port is gone; read by all. */
    private final AtomicReference<@Nullable Search> search = new AtomicReference<>();

    /**
     * Creates it.
     *
     * @param candidates the preferred one first; never empty
     * @param settings those of {@link Mesh#service(Target, Map)}
     */
    Route(Mesh mesh, List<Target> candidates, Map<String, String> settings) {
        this.mesh = mesh;
        this.candidates = List.copyOf(candidates);
        this.settings = Map.copyOf(settings);
    }

    /** The target that is asked first, for messages. */
    public Target first() {
        return candidates.get(0);
    }

    /** True if that target is the one that the search asks, or has found. */
    boolean isAsking(Target target) {
        Search known = search.get();
        return known != null && target.equals(known.asking);
    }

    /** The search that holds now, begun if there is none or if the last one's winner lost its port. */
    public Search search() {
        Search known = search.get();
        if (known != null && !known.isOutdated()) {
            return known;
        }
        Search fresh = new Search();
        if (!search.compareAndSet(known, fresh)) {
            return search();
        }
        fresh.ask(0);
        if (known != null) {
            fresh.answer().whenComplete((found, error) -> known.close());
        }
        return fresh;
    }

    /** True if {@link #search} begins nothing. */
    boolean isBegun() {
        Search known = search.get();
        return known != null && !known.isOutdated();
    }

    /** Gives back what it holds; a later request would begin anew. */
    public void close() {
        Search known = search.getAndSet(null);
        if (known != null) {
            known.close();
        }
    }

    private static boolean isPortTrouble(Rejection rejection) {
        return rejection.reason() == Reason.NO_SUCH_PORT || rejection.reason() == Reason.AMBIGUOUS_PORT;
    }

    /** One pass through the candidates. */
    public final class Search {
        /** The winner; exceptionally if no balancer could be had at all, such as when the mesh is closed. */
        public final CompletableFuture<LoadBalancer> found = new CompletableFuture<>();

        /** The target of {@link #asked}, said before that is there. Written and read likewise. */
        private volatile @Nullable Target asking;

        /** The candidate being asked: written by one step after the other, read for messages. */
        private volatile @Nullable LoadBalancer asked;

        /** What the winner said when it won, so that trouble it won with starts no search for each request. Written once. */
        private volatile @Nullable Rejection wonWith;

        private Search() {}

        /** {@link #found}, for those who do not wait. */
        CompletionStage<LoadBalancer> answer() {
            return found;
        }

        private void ask(int index) {
            LoadBalancer candidate;
            Target target = candidates.get(index);
            asking = target;
            try {
                candidate = mesh.service(target, settings);
            } catch (RuntimeException e) {
                found.completeExceptionally(e); // Thrown to the request, which knows how to say it.
                return;
            }
            asked = candidate;
            candidate.whenReady(UNTIL_CLOSED).whenComplete((ready, error) -> answered(index, candidate));
        }

        private void answered(int index, LoadBalancer candidate) {
            LoadBalancer.Snapshot now = candidate.snapshot();
            boolean noSuchPort = candidates.size() > 1
                    && ((now.rejection() != null && now.rejection().reason() == Reason.NO_SUCH_PORT)
                            || isUndeclared(now.set()));
            if (noSuchPort && index + 1 < candidates.size()) {
                candidate.close();
                ask(index + 1);
                return;
            }
            wonWith = now.rejection();
            found.complete(candidate);
        }

        /** A headless service takes every number, declared or not; its ports' names are never numbers. */
        private static boolean isUndeclared(@Nullable EndpointSet set) {
            String name = set == null ? "" : set.facts().key().portName();
            return !name.isEmpty() && name.chars().allMatch(Character::isDigit);
        }

        private boolean isOutdated() {
            if (!found.isDone() || found.isCompletedExceptionally()) {
                return found.isCompletedExceptionally();
            }
            Rejection now = found.join().snapshot().rejection();
            return now != null && isPortTrouble(now) && !now.equals(wonWith);
        }

        /** What is known so far: why there is no answer yet. */
        public @Nullable Rejection soFar() {
            LoadBalancer current = asked;
            return current == null ? null : current.snapshot().rejection();
        }

        private void close() {
            LoadBalancer current = asked;
            if (current != null) {
                current.close();
            }
        }
    }
}
