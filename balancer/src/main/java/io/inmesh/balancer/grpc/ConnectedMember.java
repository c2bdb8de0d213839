package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.OutcomeClassifier;
import io.inmesh.api.Target;
import io.inmesh.api.Verdict;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member with this channel's connection to it: what it is for, how it is, and what may be hoped of it. What goes over it is {@link MemberStreams}.
 *
 * <p>Threads: the channel's synchronization context, but where another is named.
 */
final class ConnectedMember extends Member {
    /** How long one that is being connected to is waited for before others are used in its stead: the failover timer of gRFC A56. */
    static final Duration HOPE = Duration.ofSeconds(10);

    private final NanoClock clock;
    private final MemberStreams streams;

    // Synchronization context only, but that calls read the use.
    private @Nullable Subchannel subchannel;
    private @Nullable EquivalentAddressGroup group;
    private ConnectivityState state = ConnectivityState.IDLE;
    private Use use = Use.ON_DEMAND;
    private Status lastFailure = Status.UNAVAILABLE;

    /** Since when it is being connected to. */
    private long connectingSinceNanos;

    /** Whether calls may wait for the connection that is being made. */
    private boolean hoped;

    /** Whether calls that follow their keys wait for it, instead of going elsewhere and coming back (gRFC A42). */
    private boolean keyed;

    /** Whether that connection replaces one that ended without failing, as when a server lets connections grow no older than an hour. */
    private boolean reconnecting;

    /** What its connection is for. */
    private enum Use {
        /** The endpoint is of this channel's part: a connection is kept up. */
        KEPT,
        /** It was, and those that come in its place cannot be reached yet. */
        LINGERING,
        /** Somebody stays with it, or may: a connection is made when a call asks. */
        ON_DEMAND
    }

    /** What people are told while the connection cannot be made, else null. Written in the synchronization context. */
    private volatile @Nullable Verdict unreachable;

    /** When a call last came while the connection was on demand. Written by calls, read by whoever looks for connections that nobody uses. */
    private volatile long usedNanos;

    ConnectedMember(
            Target target,
            Endpoint endpoint,
            EndpointStates states,
            NanoClock clock,
            BalancerObserver observer,
            OutcomeClassifier classifier) {
        super(target, endpoint, states, clock, observer);
        this.clock = clock;
        this.streams = new MemberStreams(this, classifier);
    }

    MemberStreams streams() {
        return streams;
    }

    /** A call comes. On any thread. */
    void noteUse() {
        if (use == Use.ON_DEMAND) { // Read without order: a call more or less is noted, while it changes.
            usedNanos = clock.nanoTime();
        }
    }

    /** True if a connection is kept up, whether or not somebody asks for it. */
    boolean isKept() {
        return subchannel != null && use == Use.KEPT;
    }

    /** True if calls may be placed there, once the connection is ready, without anybody's staying with it. */
    boolean isUsed() {
        return isKept() || lingers();
    }

    /** True if there is a way to it for those who stay with it, and for nobody else. */
    boolean isOnDemand() {
        return subchannel != null && use == Use.ON_DEMAND;
    }

    @Override
    public boolean lingers() {
        return subchannel != null && use == Use.LINGERING;
    }

    /**
     * Has these addresses from now on, if one of them was there before: a connection to it stays, whatever their order is now and whatever else is said of
     * them.
     *
     * @return false if another connection is needed
     */
    boolean moveTo(EquivalentAddressGroup wanted) {
        if (subchannel == null || group == null) {
            return false;
        }
        if (!group.equals(wanted)) {
            if (Collections.disjoint(group.getAddresses(), wanted.getAddresses())) {
                return false;
            }
            group = wanted;
            subchannel.updateAddresses(List.of(wanted));
        }
        return true;
    }

    /** Has a way to the endpoint from now on, which is not gone before it is kept or a call asks for it. */
    void connect(Subchannel newSubchannel, EquivalentAddressGroup newGroup) {
        subchannel = newSubchannel;
        group = newGroup;
        state = ConnectivityState.IDLE;
        use = Use.ON_DEMAND;
        streams.lead(newSubchannel);
    }

    /**
     * The connection is kept up from now on.
     *
     * @param newHoped whether calls may wait for it, if it is begun now, since none can be placed anyhow
     * @param newKeyed whether those may that follow their keys, whatever others are there
     * @return true if it is to begin: then {@link #requestConnection} follows
     */
    boolean keep(boolean newHoped, boolean newKeyed) {
        use = Use.KEPT;
        keyed = newKeyed;
        if (subchannel == null || state != ConnectivityState.IDLE) {
            return false;
        }
        begin(newHoped, false);
        return true;
    }

    /** The connection begins, unless it has, or is not wanted any more. */
    void requestConnection() {
        if (subchannel != null && state == ConnectivityState.CONNECTING) {
            subchannel.requestConnection();
        }
    }

    private void begin(boolean newHoped, boolean newReconnecting) {
        state = ConnectivityState.CONNECTING;
        connectingSinceNanos = clock.nanoTime();
        hoped = newHoped;
        reconnecting = newReconnecting;
    }

    /** The connection stays as it is, until others can be used in its place; if it ends it is not made again. */
    void linger() {
        use = Use.LINGERING;
    }

    /** It is of the part again, or given up. */
    void lingerNoMore() {
        if (use == Use.LINGERING) {
            keepOnDemand();
        }
    }

    /** The connection is made when a session asks for it. A session's calls wait in gRPC meanwhile. */
    void keepOnDemand() {
        if (use != Use.ON_DEMAND) {
            use = Use.ON_DEMAND;
            usedNanos = clock.nanoTime();
        }
    }

    /** Running calls finish; the connection closes behind the last. */
    void disconnect() {
        if (subchannel != null) {
            subchannel.shutdown();
            subchannel = null;
            streams.end();
            state = ConnectivityState.SHUTDOWN;
            unreachable = null;
        }
    }

    /**
     * Takes a change of that subchannel's state in. A failed connection stays failed while it is tried again, until it is ready: otherwise a
     * service that is down would look like one that is about to come up.
     *
     * @return false if nothing changed for the balancer
     */
    boolean changed(Subchannel of, ConnectivityStateInfo info) {
        if (of != subchannel || info.getState() == ConnectivityState.SHUTDOWN) {
            return false;
        }
        boolean kept = use == Use.KEPT;
        boolean again = info.getState() == ConnectivityState.CONNECTING || info.getState() == ConnectivityState.IDLE;
        if (kept && info.getState() == ConnectivityState.IDLE) {
            of.requestConnection();
        }
        if (info.getState() == ConnectivityState.TRANSIENT_FAILURE) {
            lastFailure = info.getStatus();
        }
        if (kept && again && state == ConnectivityState.TRANSIENT_FAILURE) {
            return false;
        }
        if (state == ConnectivityState.TRANSIENT_FAILURE && info.getState() == ConnectivityState.READY) {
            returned();
        }
        if (kept && again && state == ConnectivityState.READY) {
            begin(true, true);
        } else {
            state = kept && again ? ConnectivityState.CONNECTING : info.getState();
        }
        unreachable = isFailed()
                ? new Verdict(Verdict.Kind.UNREACHABLE, "no connection: " + lastFailure.getDescription())
                : null;
        return true;
    }

    boolean isReady() {
        return subchannel != null && state == ConnectivityState.READY;
    }

    boolean isFailed() {
        return subchannel != null && state == ConnectivityState.TRANSIENT_FAILURE;
    }

    boolean isConnecting() {
        return subchannel != null && state == ConnectivityState.CONNECTING;
    }

    /** True if a call that was placed here can go on. On any thread. */
    boolean canBeGoneOnWith() {
        return streams.lead() && unreachable == null;
    }

    @Override
    public Health health() {
        return isFailed() ? Health.UNREACHABLE : super.health();
    }

    @Override
    public Verdict verdict() {
        Verdict connecting = unreachable;
        return connecting == null ? super.verdict() : connecting;
    }

    @Override
    public boolean isInPlay() {
        return isReady() || isFailed() || isReconnecting();
    }

    @Override
    public long awaitedNanos() {
        boolean awaited = isKept() && (hoped || keyed) && isConnecting();
        return awaited ? Math.max(0, connectingSinceNanos + HOPE.toNanos() - clock.nanoTime()) : 0;
    }

    @Override
    public boolean isReconnecting() {
        return (reconnecting || keyed) && awaitedNanos() > 0;
    }

    /** The connection is there that a session asked for. */
    void tellOpened() {
        usedNanos = clock.nanoTime();
        observer().connectedOutside(target(), endpoint());
    }

    /** True if no call came for so long. */
    boolean isUnusedFor(long nanos) {
        return clock.nanoTime() - usedNanos >= nanos;
    }

    /** gRPC keeps a call until the connection that its pick named is ready. */
    @Override
    public boolean canBeStayedWith() {
        return subchannel != null && !isFailed();
    }

    Status lastFailure() {
        return lastFailure;
    }

    @Override
    public String toString() {
        return super.toString() + " " + state;
    }
}
