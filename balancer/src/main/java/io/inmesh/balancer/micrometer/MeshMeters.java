package io.inmesh.balancer.micrometer;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Outcome;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.balancer.Mesh;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows in a {@link MeterRegistry} what one mesh does.
 *
 * <pre>{@code
 * MeshMeters meters = new MeshMeters(registry);
 * Mesh mesh = Mesh.builder().observer(meters).build();
 * meters.readInFlight(mesh);
 * }</pre>
 *
 * <p>Every meter has tag {@code target}: the target without the settings in its query. All are made when a target begins to be watched and
 * removed when that ends; a request which ends later still is counted no more. Channels that balance addresses of gRPC's own resolvers
 * are not watched by inmesh and have no meters.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>kind, further tags</th><th>what</th></tr>
 * <tr><td>{@code inmesh.client.requests}</td><td>counter; outcome</td><td>requests of callers that reached an endpoint, one each,
 * however many attempts it took; of doors that repeat by themselves, and of Spring Cloud LoadBalancer, each retry of which is one</td></tr>
 * <tr><td>{@code inmesh.client.attempts}</td><td>counter; policy, outcome</td><td>requests sent to endpoints and ended, each repeat
 * counted: what backends count</td></tr>
 * <tr><td>{@code inmesh.client.latency}</td><td>timer; policy, outcome</td><td>time to the beginning of the answer, where it is
 * measured</td></tr>
 * <tr><td>{@code inmesh.client.repeats}</td><td>counter; outcome</td><td>attempts that were followed by another one elsewhere, by what
 * had come of them</td></tr>
 * <tr><td>{@code inmesh.client.hedges}</td><td>counter</td><td>attempts beside one that had no answer yet</td></tr>
 * <tr><td>{@code inmesh.client.withheld}</td><td>counter; reason</td><td>repeats and hedges that would have been safe and were not
 * made</td></tr>
 * <tr><td>{@code inmesh.client.rejections}</td><td>counter; reason</td><td>requests that got no endpoint</td></tr>
 * <tr><td>{@code inmesh.client.fallbacks}</td><td>counter</td><td>how often less was known than a policy goes by</td></tr>
 * <tr><td>{@code inmesh.client.connections.outside}</td><td>counter</td><td>connections of gRPC to endpoints outside of this process's part</td></tr>
 * <tr><td>{@code inmesh.client.active}</td><td>gauge</td><td>requests in flight on the service port that the target leads to, through
 * every door; needs {@link #readInFlight}</td></tr>
 * <tr><td>{@code inmesh.endpoints}</td><td>gauge; state</td><td>endpoints {@code usable}, {@code draining}, {@code unusable} and {@code
 * ejected}, each in one of them; who is ejected is known with {@link #readInFlight}, and counts as usable before</td></tr>
 * <tr><td>{@code inmesh.candidates}</td><td>gauge</td><td>endpoints that requests are balanced over</td></tr>
 * <tr><td>{@code inmesh.ejections}</td><td>counter</td><td>endpoints of the service port taken out by
 * health</td></tr>
 * <tr><td>{@code inmesh.sets}, {@code inmesh.pickers}</td><td>counters; the second with policy</td><td>publications by the resolver, and
 * what they led to</td></tr>
 * <tr><td>{@code inmesh.unresolved}</td><td>counter; reason</td><td>how often the resolver had no set to give</td></tr>
 * <tr><td>{@code inmesh.watch.age}</td><td>gauge, seconds</td><td>time since the last proof that what is known still holds, of the watch
 * that was silent longest</td></tr>
 * <tr><td>{@code inmesh.watches}</td><td>gauge; state</td><td>watches {@code connected} and {@code disconnected}</td></tr>
 * <tr><td>{@code inmesh.watch.reconnects}</td><td>counter</td><td>watches opened again</td></tr>
 * <tr><td>{@code inmesh.endpoint.attempts}, {@code .latency}, {@code .active}</td><td>as above; endpoint, pod, node, zone</td><td>the
 * same for each endpoint, with {@link Detail#ENDPOINTS} only</td></tr>
 * </table>
 *
 * <p>Cost on the way of a request: one lookup by the target (a hash over short texts whose own hashes are cached, then an identity check),
 * one read of an array and one increment; nothing is allocated, locked or put together. Requests are not timed for it unless {@link
 * Detail#LATENCY} asks for that: two readings of the clock and a record of the timer, each in the order of 20 to 50 ns, which is as much as
 * all the rest of a pick. Client libraries time whole calls already ({@code http.client.requests}); what this adds is the time of each
 * attempt. Where a policy measures anyway, the timer is filled without being asked.
 *
 * <p>Threads: any.
 */
public final class MeshMeters implements BalancerObserver {
    private final MeterRegistry registry;
    private final Set<Detail> details;
    private final MeshState state = new MeshState();

    /** By target without its query. Guarded by this. */
    private final Map<Target, TargetMeters> meters = new HashMap<>();

    /** By target as events name it. Written under the lock, read by requests. */
    private final Map<Target, Heard> heard = new ConcurrentHashMap<>();

    /** What may be switched on. */
    public enum Detail {
        /** Times every request, which costs two readings of the clock. */
        LATENCY,
        /** Meters for each endpoint: as many time series more as there are endpoints times outcomes. */
        ENDPOINTS
    }

    /** The meters of a target, and which of them count its attempts at the moment. */
    private static final class Heard {
        private final TargetMeters meters;

        /** Those of the policy in force; null before the first picker. Written by lanes, read by requests. */
        private volatile @Nullable AttemptMeters attempts;

        private Heard(TargetMeters meters) {
            this.meters = meters;
        }
    }

    /**
     * Meters of one mesh, to be given to its builder as an observer.
     *
     * @param registry where they are shown
     * @param details what is to be measured besides
     */
    public MeshMeters(MeterRegistry registry, Detail... details) {
        this.registry = registry;
        this.details = EnumSet.noneOf(Detail.class);
        this.details.addAll(List.of(details));
    }

    /** Lets gauges read requests in flight and ejected endpoints off that mesh, whose observer this is; before, they show nothing (NaN) of these. */
    public void readInFlight(Mesh mesh) {
        state.of(mesh);
    }

    @Override
    public boolean readsLatency() {
        return details.contains(Detail.LATENCY);
    }

    @Override
    public synchronized void watching(Target target, Supplier<List<WatchAge>> ages) {
        TargetMeters of = meters.computeIfAbsent(
                target.withoutParameters(),
                bare -> TargetMeters.register(registry, bare.toString(), state, details.contains(Detail.ENDPOINTS)));
        of.watchings().begin(target, ages);
        heard.computeIfAbsent(target, same -> new Heard(of));
    }

    @Override
    public synchronized void unwatched(Target target, Supplier<List<WatchAge>> ages) {
        TargetMeters of = meters.get(target.withoutParameters());
        if (of == null) {
            return;
        }
        of.watchings().end(ages);
        if (!of.watchings().has(target)) {
            heard.remove(target);
        }
        if (of.watchings().isEmpty()) {
            meters.remove(target.withoutParameters());
            of.removeAll();
        }
    }

    @Override
    public synchronized void setChanged(Target target, EndpointSet set) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().setChanged();
            of.gauges().setChanged(set);
            if (of.endpoints() != null) {
                of.endpoints().setChanged(set);
            }
        }
    }

    @Override
    public synchronized void unresolved(Target target, Unresolved unresolved) {
        TargetMeters of = of(target);
        if (of == null) {
            return;
        }
        of.counters().unresolved(unresolved.reason());
        if (unresolved.reason().replacesKnownSet()) {
            of.gauges().setChanged(null);
            if (of.endpoints() != null) {
                of.endpoints().removeAll();
            }
        }
    }

    @Override
    public synchronized void pickerPublished(Target target, String policy, int candidates) {
        Heard known = heard.get(target);
        if (known != null) {
            known.attempts = known.meters.counters().published(policy);
            known.meters.gauges().published(candidates);
        }
    }

    @Override
    public synchronized void ejected(Target target, Endpoint endpoint, String why, Duration howLong) {
        for (TargetMeters each : sharing(target, endpoint)) {
            each.counters().ejected();
        }
    }

    /**
     * Health is one for all targets that lead to a service port, and told under the name of the first of them, which may have gone: then those
     * are meant that have the endpoint.
     */
    private List<TargetMeters> sharing(Target told, Endpoint endpoint) {
        TargetMeters named = of(told);
        ServiceKey key = named == null ? null : named.gauges().key();
        return meters.values().stream()
                .filter(each -> key == null
                        ? each.equals(named) || each.gauges().has(endpoint)
                        : key.equals(each.gauges().key()))
                .toList();
    }

    @Override
    public void fellBack(Target target, String why) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().fellBack();
        }
    }

    @Override
    public void connectedOutside(Target target, Endpoint endpoint) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().connectedOutside();
        }
    }

    @Override
    public void rejected(Target target, Rejection rejection) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().rejected(rejection.reason());
        }
    }

    @Override
    public void completed(Target target, Endpoint endpoint, Outcome outcome, long latencyNanos) {
        Heard known = heard.get(target);
        if (known == null) {
            return;
        }
        AttemptMeters attempts = known.attempts;
        if (attempts != null) {
            attempts.completed(outcome, latencyNanos);
        }
        EndpointMeters endpoints = known.meters.endpoints();
        if (endpoints != null) {
            endpoints.completed(endpoint, outcome, latencyNanos);
        }
    }

    @Override
    public void repeated(Target target, Endpoint failed, Outcome outcome) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().repeated(OutcomeTag.of(outcome));
        }
    }

    @Override
    public void hedged(Target target, Endpoint endpoint) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().hedged();
        }
    }

    @Override
    public void withheld(Target target, Withheld why) {
        TargetMeters of = of(target);
        if (of != null) {
            of.counters().withheld(why);
        }
    }

    @Override
    public void called(Target target, int attempts, Outcome outcome) {
        TargetMeters of = attempts == 0 ? null : of(target);
        if (of != null) {
            of.counters().called(OutcomeTag.of(outcome));
        }
    }

    private @Nullable TargetMeters of(Target target) {
        Heard known = heard.get(target);
        return known == null ? null : known.meters;
    }
}
