package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.inmesh.api.Endpoint;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints a channel is connected to: those of its part, always; those that somebody stays with, from the first call that asks until none has
 * asked for a while; and those of an earlier part until the ones that come in their place can be reached.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class Connections {
    /** After so long without a call a connection that is no part's is closed. Another call opens it again, at the cost of one connecting. */
    static final Duration UNUSED = Duration.ofMinutes(5);

    private final LoadBalancer.Helper helper;
    private final Engine engine;
    private final Changed changed;
    private final SpreadConnects beginning;

    private Map<Endpoint, EquivalentAddressGroup> groups = Map.of();
    private boolean keyed;
    private Collection<ConnectedMember> all = Set.of();
    private Scheduler.@Nullable Cancellable sweeping;
    private boolean closed;

    /** Hears of changes. */
    @FunctionalInterface
    interface Changed {
        /**
         * What can be reached has changed.
         *
         * @param ready whether a connection can be used from now on, which calls may be waiting for
         */
        void changed(boolean ready);
    }

    Connections(LoadBalancer.Helper helper, Engine engine, Changed changed) {
        this.helper = helper;
        this.engine = engine;
        this.changed = changed;
        this.beginning = new SpreadConnects(helper.getSynchronizationContext(), engine.scheduler(), engine.random());
    }

    /**
     * What holds from now on.
     *
     * @param newGroups what gRPC knows of endpoints' addresses
     * @param newKeyed whether calls follow keys, and wait for the endpoint that is theirs
     */
    void take(Map<Endpoint, EquivalentAddressGroup> newGroups, boolean newKeyed) {
        groups = newGroups;
        keyed = newKeyed;
    }

    /** True if nothing was arranged yet. */
    boolean areNone() {
        return all.isEmpty();
    }

    /**
     * Connects and disconnects.
     *
     * @param members every member
     * @param reached the part that may get calls: a connection to each is kept up
     * @param onDemand to whom calls may come past that part: their connections are made when one does
     * @param lingering those that were used before and are still good, until the part can be reached
     * @param hoped whether calls may wait for connections that are begun now, since none can be placed anyhow
     */
    void arrange(
            Collection<ConnectedMember> members,
            Set<Member> reached,
            Predicate<ConnectedMember> onDemand,
            Predicate<ConnectedMember> lingering,
            boolean hoped) {
        all = members;
        boolean anyReady = false;
        boolean anyConnecting = false;
        List<ConnectedMember> begun = new ArrayList<>();
        for (ConnectedMember member : members) {
            if (reached.contains(member)) {
                connect(member);
                if (member.keep(hoped, keyed)) {
                    begun.add(member);
                }
                anyReady |= member.isReady();
                anyConnecting |= member.isConnecting();
            }
        }
        beginning.begin(begun);
        boolean awaited = !reached.isEmpty() && (anyConnecting || !anyReady);
        for (ConnectedMember member : members) {
            if (reached.contains(member)) {
                continue;
            }
            if (awaited && lingering.test(member)) {
                member.linger();
            } else if (onDemand.test(member)) {
                connect(member);
                member.keepOnDemand();
                sweepIfOpen(member);
            } else {
                member.disconnect();
            }
        }
    }

    private void connect(ConnectedMember member) {
        // Draining ones are no addresses to gRPC, which may use each for new calls.
        EquivalentAddressGroup known = groups.get(member.endpoint());
        EquivalentAddressGroup group = known == null ? Addresses.of(member.endpoint()) : known;
        if (!member.moveTo(group)) {
            member.disconnect(); // A pod may keep its identity and get another address.
            Subchannel subchannel = helper.createSubchannel(
                    CreateSubchannelArgs.newBuilder().setAddresses(group).build());
            subchannel.start(state -> stateChanged(member, subchannel, state));
            member.connect(subchannel, group);
        }
    }

    private void stateChanged(ConnectedMember member, Subchannel subchannel, ConnectivityStateInfo info) {
        if (info.getState() == ConnectivityState.TRANSIENT_FAILURE || info.getState() == ConnectivityState.IDLE) {
            // gRPC leaves it to policies. A resolver that looks names up may find others.
            helper.refreshNameResolution();
        }
        if (!closed && member.changed(subchannel, info)) {
            boolean ready = info.getState() == ConnectivityState.READY;
            if (ready && member.isOnDemand()) {
                member.tellOpened();
                sweepIfOpen(member);
            }
            changed.changed(ready);
        }
    }

    /** While connections are open that are no part's, they are looked at from time to time. */
    private void sweepIfOpen(ConnectedMember member) {
        if (sweeping == null && !closed && member.isOnDemand() && member.isReady()) {
            sweeping = engine.scheduler()
                    .schedule(() -> helper.getSynchronizationContext().execute(this::sweep), UNUSED);
        }
    }

    private void sweep() {
        sweeping = null;
        if (closed) {
            return;
        }
        boolean closedAny = false;
        for (ConnectedMember member : all) {
            if (member.isOnDemand() && member.isReady() && member.isUnusedFor(UNUSED.toNanos())) {
                member.disconnect();
                connect(member); // Not before a call asks.
                closedAny = true;
            }
        }
        all.forEach(this::sweepIfOpen);
        if (closedAny) {
            changed.changed(true); // The picker in use names a connection that is closed.
        }
    }

    /** Closes all of them. */
    void close() {
        closed = true;
        beginning.end();
        all.forEach(ConnectedMember::disconnect);
        if (sweeping != null) {
            sweeping.cancel();
            sweeping = null;
        }
    }
}
