package io.inmesh.balancer.state;

import io.inmesh.api.Endpoint;
import io.inmesh.api.Lease;
import io.inmesh.api.LoadReport;
import io.inmesh.api.Outcome;
import io.inmesh.api.Picker;
import io.inmesh.api.Sessions;
import io.inmesh.api.Target;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.WeightConfig;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint inside one balancer: what its pickers hold and choose. The numbers are shared with other balancers
 * ({@link EndpointState}), weight and timing are its own. Lives from the endpoint's arrival in the balancer to its departure, across all
 * pickers.
 */
public class Member extends Judged {
    private static final Outcome OVERLOAD_AS_FAILURE = Outcome.failure(Outcome.Origin.EXTERNAL, Outcome.Delivery.SENT);

    private final Target target;
    private final EndpointStates states;
    private final EndpointState state;

    private final NanoClock clock;
    private final BalancerObserver observer;

    /** Written on the balancer's lane when a set says something new of the endpoint; read by anyone. */
    private volatile Endpoint endpoint;

    /** Written on the lane before a picker is made from it; read by pickers while they are made, and by people. */
    private volatile double weight;

    /** Whether requests are timed. Written on the lane, read by each request as it begins; either answer is harmless while it changes. */
    private volatile boolean timed;

    /** By what settings its time is taken and read. Written and read as {@link #timed} is, by timed requests alone, and by pickers. */
    private volatile LatencyTerms latency = LatencyTerms.USUAL;

    /** Whether overload counts as failure. Written and read as {@link #timed} is, but at each request's end. */
    private volatile boolean overloadFails;

    /** Made when sessions are first asked for; the endpoint's id never changes. Lane only. */
    private @Nullable String sessionToken;

    /** Since when it may be picked, or may be picked again. Written on the lane, read there. */
    private long sinceNanos;

    /** What its reports come to here. Made when it is first asked for; touched on the lane alone. */
    private @Nullable ReportedWeight reportedWeight;

    /** The picker that chooses it, if it wants to hear its reports. Written on the lane with the picker, read by whoever reports. */
    private volatile @Nullable Picker hearing;

    /** Whether it is to be trusted with requests. */
    public enum Health {
        /** Nothing speaks against it. */
        HEALTHY,
        /** It is back for a few requests at a time, which decide; chosen as if it were healthy. */
        TRIAL,
        /** Its answers were bad. Where too few are healthy it is used nevertheless. */
        EJECTED,
        /** There is no connection to it, and none can be made. Never used. */
        UNREACHABLE
    }

    /** Takes a share in the endpoint's state; give it back with {@link #leave()}. */
    public Member(Target target, Endpoint endpoint, EndpointStates states, NanoClock clock, BalancerObserver observer) {
        this.target = target;
        this.endpoint = endpoint;
        this.weight = endpoint.weight();
        this.states = states;
        this.state = states.retain(endpoint.id());
        this.clock = clock;
        this.observer = observer;
        this.sinceNanos = clock.nanoTime();
    }

    @Override
    public final Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public final int inFlight() {
        return state.get();
    }

    @Override
    public final double latencyNanos() {
        return state.latencyNanos(clock.nanoTime(), latency);
    }

    @Override
    public final double latencyNanos(long nowNanos) {
        return state.latencyNanos(nowNanos, latency);
    }

    @Override
    public final double weight() {
        return weight;
    }

    @Override
    public final Lease begin() {
        return lease();
    }

    /** A stream begins whose caller goes on speaking, so that no time of it says anything of the endpoint. On any thread. */
    public final Lease beginConversation() {
        StateLease begun = lease();
        begun.converses();
        return begun;
    }

    private StateLease lease() {
        long start = timed ? clock.nanoTime() : StateLease.UNTIMED;
        if (isPlain()) {
            return new StateLease(this, start);
        }
        Trial held = trial();
        InFlight all = isCounted() ? states.counted() : null;
        if (held != null) {
            return new TrialLease(this, start, held, all);
        }
        return all == null ? new StateLease(this, start) : new CountedLease(this, start);
    }

    /**
     * True if a request needs no more than to be counted: nobody times it, and the endpoint is neither limited nor on trial. Whoever has an object of
     * his own for each request may then do with {@link #beginBare} and {@link #endBare} in the place of a lease. What it was when the request was
     * placed holds for all of that. On any thread.
     */
    public final boolean isBare() {
        return !timed && isPlain();
    }

    /** A request begins without a lease; {@link #endBare} follows exactly once. On any thread. */
    public final void beginBare() {
        state.increment();
    }

    /** What was begun with {@link #beginBare} has ended so. On any thread. */
    public final void endBare(Outcome outcome) {
        ended(outcome, -1);
    }

    /** A request has ended so, after so long, or -1 if that was not measured. */
    final void ended(Outcome outcome, long latencyNanos) {
        state.end(counted(outcome));
        observer.completed(target, endpoint, outcome, latencyNanos);
        lookWhetherReached(outcome);
    }

    /** A request whose answer is a stream has ended so, after so long to its first message, or -1 if that was not measured. */
    final void endedStream(Outcome outcome, long latencyNanos) {
        state.end(counted(outcome));
        observer.completedStream(target, endpoint, outcome, latencyNanos);
        lookWhetherReached(outcome);
    }

    private void lookWhetherReached(Outcome outcome) {
        if (outcome instanceof Outcome.Failure failure && failure.delivery() == Outcome.Delivery.NOT_SENT) {
            notReached();
        }
    }

    /** How many of the requests that are counted so run on all endpoints of the service port. On any thread. */
    public final int serviceInFlight() {
        return states.counted().get();
    }

    // What is set below is mostly what it was, for thousands of members at a time, and a volatile write costs much more
    // than a read. The lane is the only writer, so what it reads before it writes cannot change in between.

    /** The endpoint as a newer set has it; identity stays. On the lane. */
    @SuppressWarnings(
            "ReferenceEquality") // An equal one replaces it as well, so that the one before is not kept in memory.
    public final void update(Endpoint newer) {
        if (endpoint != newer) {
            if (newer.usability().isUsable() && !endpoint.usability().isUsable()) {
                returned();
            }
            if (!newer.usability().isUsable()) {
                states.affinity().forget(newer.id()); // Y-4
            }
            endpoint = newer;
        }
        setWeight(newer.weight()); // Stages say more of those they let through, and nothing of the others.
    }

    /**
     * False while nobody can say whether it can be reached: then it is neither picked nor counted as unhealthy, and shares are those of the
     * others. On the lane.
     */
    public boolean isInPlay() {
        return true;
    }

    /**
     * How long yet, in nanoseconds, one may hope that it can be reached soon and keep requests waiting for that; 0 where there is nothing to hope
     * for, or no need to. On the lane.
     */
    public long awaitedNanos() {
        return 0;
    }

    /**
     * True while a connection that ended without failing is made again, or, where requests follow their keys, is made at all: it keeps its place, its
     * keys and its priority, though others are better for new requests meanwhile. On the lane.
     */
    public boolean isReconnecting() {
        return false;
    }

    /** True if subsets do not have it any more, and it is used until those can be that have come in its place. On the lane. */
    public boolean lingers() {
        return false;
    }

    @Override
    protected final void returned() {
        super.returned();
        sinceNanos = clock.nanoTime();
    }

    /** Since when it may be picked, or may be picked again, by the mesh's clock. On the lane. */
    public final long sinceNanos() {
        return sinceNanos;
    }

    /** The weight that its load reports come to, or NaN while none can be believed. On the lane. */
    public final double reportedWeight(WeightConfig config, long nowNanos) {
        if (reportedWeight == null) {
            reportedWeight = new ReportedWeight();
        }
        return reportedWeight.read(state.reported(), sinceNanos, config, nowNanos);
    }

    /** Who hears of its load from now on: the picker that chooses it, or null if that does not care. On the lane. */
    @SuppressWarnings("ReferenceEquality") // Another picker hears in its place, however alike they are.
    public final void setHearing(@Nullable Picker picker) {
        if (hearing != picker) {
            hearing = picker;
        }
    }

    /** It told of its load. On any thread. */
    public final void reported(LoadReport report) {
        state.reported(report, clock.nanoTime());
        Picker picker = hearing;
        if (picker != null) {
            picker.reported(this, report);
        }
    }

    /** What stages made of the endpoint's weight. On the lane, before the picker that shall use it. */
    public final void setWeight(double newWeight) {
        if (weight != newWeight) {
            weight = newWeight;
            if (newWeight != endpoint.weight()) {
                states.noteWeighed();
            }
        }
    }

    /** Whether requests are to be timed from now on. On the lane. */
    public final void setTimed(boolean newTimed) {
        if (timed != newTimed) {
            timed = newTimed;
        }
    }

    /** By what settings latency is taken and read from now on; what is known stays known. On the lane. */
    @SuppressWarnings("ReferenceEquality") // Others of equal words do no harm.
    public final void setLatency(LatencyTerms newLatency) {
        if (latency != newLatency) {
            latency = newLatency;
        }
    }

    /** By what settings the time of a request is taken. On any thread. */
    final LatencyTerms latency() {
        return latency;
    }

    /** Whether an endpoint with too much to do is to count as one that failed. On the lane. */
    public final void setOverloadFails(boolean newOverloadFails) {
        if (overloadFails != newOverloadFails) {
            overloadFails = newOverloadFails;
        }
    }

    /** What an outcome says against the endpoint. */
    final Outcome counted(Outcome outcome) {
        return outcome instanceof Outcome.Overloaded && overloadFails ? OVERLOAD_AS_FAILURE : outcome;
    }

    /** What brings a session back here. On the lane. */
    public final String sessionToken() {
        String token = sessionToken;
        if (token == null) {
            token = Sessions.tokenOf(endpoint);
            sessionToken = token;
        }
        return token;
    }

    /** The endpoint is in the set no more. On the lane, before it leaves. */
    public final void gone() {
        states.affinity().forget(endpoint.id()); // Y-4
    }

    /** Which endpoint of its service port this process stays with; all members of the port have the same. */
    public final AffinityMemory affinity() {
        return states.affinity();
    }

    /**
     * True if a caller that stays with it can be sent there: at once, or as soon as a connection that is being made is there. Others who stay
     * wait for that, as in gRFC A55. On the lane.
     */
    public boolean canBeStayedWith() {
        return true;
    }

    /** The endpoint has left this balancer; running leases still count on its state. On the lane, once. */
    public final void leave() {
        hearing = null; // Leases that still run must not keep a picker alive, and in it all endpoints of its time.
        states.release(state.id());
    }

    /** Nothing could be sent there: a door may ask whether the address still holds. On the thread of the request; nothing by default. */
    protected void notReached() {}

    EndpointStates states() {
        return states;
    }

    EndpointState state() {
        return state;
    }

    NanoClock clock() {
        return clock;
    }

    protected final Target target() {
        return target;
    }

    protected final BalancerObserver observer() {
        return observer;
    }

    @Override
    public String toString() {
        return endpoint.address() + " (" + endpoint.usability() + ", in flight " + inFlight() + ")";
    }
}
