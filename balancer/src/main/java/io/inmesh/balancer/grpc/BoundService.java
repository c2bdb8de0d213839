package io.inmesh.balancer.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Members;
import io.inmesh.balancer.engine.Occasions;
import io.inmesh.balancer.engine.PickerAssembly;
import io.inmesh.balancer.health.Verdicts;
import io.inmesh.balancer.state.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a channel has of the service port that its addresses lead to, as long as they lead there: its members, what health says of them, what else asks
 * for another picker, and the connections. When to show what to the channel is for {@link InmeshLoadBalancer}.
 *
 * <p>Threads: the channel's synchronization context.
 */
final class BoundService {
    private final Members<ConnectedMember> members;
    private final Verdicts verdicts;
    private final PickerAssembly assembly;
    private final Occasions occasions;
    private final Connections connections;

    /**
     * Who was left when the mesh was closed. Calls still run there, and the channel is about to end with them: connections that are ended before a channel is
     * shut down keep it for five seconds more.
     */
    private final List<ConnectedMember> parted = new ArrayList<>();

    private final @Nullable InjectedFaults faults;
    private MeshBinding binding;
    private Balancing wanted;
    private LayeredConfig told = InmeshPolicy.Config.DEFAULT.told();

    /** By what health is judged: as is wanted, but for what connections tell. */
    private BalancerConfig asked;

    private LoadHearing heard = LoadHearing.NONE;

    /**
     * With no members yet.
     *
     * @param update runs when something may have changed, but for connections
     * @param changed hears of connections
     * @param showAnew shows the channel a picker, in its context, though nothing has changed
     */
    BoundService(
            LoadBalancer.Helper helper,
            MeshBinding binding,
            Balancing wanted,
            Runnable update,
            Connections.Changed changed,
            Runnable showAnew) {
        this.binding = binding;
        this.wanted = wanted;
        this.asked = wanted.config();
        Engine engine = binding.engine();
        this.members = new Members<>(
                engine,
                binding.target(),
                binding.key(),
                (target, endpoint, states, clock, observer) ->
                        new ConnectedMember(target, endpoint, states, clock, observer, engine.classifier()));
        this.verdicts = engine.health()
                .verdicts(
                        binding.key(), binding.target(), members.states(), helper.getSynchronizationContext(), update);
        this.assembly = new PickerAssembly(engine, binding.target());
        this.occasions = new Occasions(engine, helper.getSynchronizationContext(), update);
        this.connections = new Connections(helper, engine, changed);
        this.faults = InjectedFaults.of(engine, helper.getSynchronizationContext(), showAnew);
    }

    /** True if those addresses lead to it as well. */
    boolean isOf(MeshBinding other) {
        return members.key().equals(other.key());
    }

    MeshBinding binding() {
        return binding;
    }

    /**
     * Takes another set of endpoints in, or other settings.
     *
     * @param now which service port it is, with its set
     * @param groups the addresses of each endpoint, as the channel has them
     * @param newWanted what the settings come to
     * @param newTold the settings
     * @param watched whether connections tell how their servers are
     */
    void take(
            MeshBinding now,
            Map<Endpoint, EquivalentAddressGroup> groups,
            Balancing newWanted,
            LayeredConfig newTold,
            boolean watched) {
        binding = now;
        wanted = newWanted;
        told = newTold;
        asked = watched ? newWanted.config().withoutChecks() : newWanted.config();
        connections.take(groups, wanted.policy().followsKey());
        Collection<ConnectedMember> leavers = members.reconcile(now.set().endpoints());
        if (isClosed(now)) {
            parted.addAll(leavers);
        } else {
            leavers.forEach(ConnectedMember::disconnect);
        }
        hearLoads();
        occasions.ask(wanted);
    }

    private static boolean isClosed(MeshBinding binding) {
        Unresolved nothingUsable = binding.set().nothingUsable();
        return nothingUsable != null && nothingUsable.reason() == Reason.CLOSED;
    }

    /** What answers are read for, beside the call itself; said to every member before it is connected to. */
    private void hearLoads() {
        LoadHearing hearing = LoadHearing.of(wanted).instead(heard, binding.target());
        heard = hearing;
        CallRules rules = rules();
        members.all().forEach(member -> member.streams().obey(hearing, rules.token()));
    }

    void judge() {
        List<Endpoint> watched = assembly.watched(members.all(), binding.set(), wanted);
        verdicts.judge(members.all(), watched, asked);
    }

    /** While it is not known which endpoints are this process's nothing is connected to for nothing. */
    boolean isTooEarly() {
        return connections.areNone() && occasions.isAwaitingPeers(wanted);
    }

    /** True if not only addresses say what is connected to: peers come or go, or one of the part has failed and another joins it. */
    boolean isArrangedAnew() {
        return hasSubset() || wanted.choosesByPeers();
    }

    private boolean hasSubset() {
        return wanted.config().subset().mode() != SubsetConfig.Mode.OFF;
    }

    /**
     * Connects to those that may get calls: all usable ones, or this process's part of them.
     *
     * @param hoped whether calls may wait for connections that are begun now, since none can be placed anyhow
     */
    void connectOrDisconnect(boolean hoped) {
        Collection<ConnectedMember> all = members.all();
        Set<Member> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ConnectedMember member : all) {
            if (hasSubset() && member.isUsed() && member.endpoint().usability().isUsable()) {
                used.add(member);
            }
            member.lingerNoMore(); // A part is chosen from the set and who this is, not from what was before.
        }
        Set<Member> reached = assembly.reached(all, binding.set(), wanted);
        connections.arrange(all, reached, this::mayBeStayedWith, used::contains, hoped);
    }

    /**
     * Who drains serves his sessions until he goes; who is outside the subset those that know him, or this process if the Service wants it to stay
     * with one endpoint, which is the same for every door.
     */
    private boolean mayBeStayedWith(ConnectedMember member) {
        Usability usability = member.endpoint().usability();
        return switch (wanted.config().affinity().mode()) {
            case OFF -> false;
            case STRONG -> !(usability instanceof Usability.Unusable);
            case SERVICE ->
                binding.set().facts().sessionAffinity() != null
                        && usability.isUsable()
                        && assembly.hasWeight(member, wanted);
        };
    }

    /**
     * True if calls are placed before their connections are ready: those that follow keys wait for the endpoint that is theirs, and for no other, and make
     * its connection begin if it has not.
     */
    boolean placesAhead() {
        return wanted.policy().followsKey();
    }

    /** Those to which calls may be placed once their connections are ready. */
    List<ConnectedMember> used() {
        return members.all().stream().filter(ConnectedMember::isUsed).toList();
    }

    /** Shows people how it is, with what calls are told, or null if they get an endpoint or wait for one. */
    void tellPeople(@Nullable Rejection rejection) {
        binding.view().balanced(wanted.name(), told, members.views(), rejection);
    }

    PickerAssembly.Assembled assemble() {
        PickerAssembly.Assembled assembled = assembly.assemble(members.all(), binding.set(), wanted);
        occasions.await(wanted, assembled.holds());
        return assembled;
    }

    InmeshPicker asPicker(PickerAssembly.Assembled assembled) {
        return new InmeshPicker(assembled.picker(), null, rules(), faults);
    }

    /** For the time when no call can be placed: one result for all, but for sessions whose endpoint is there. */
    InmeshPicker sessionsOr(PickResult result) {
        if (wanted.config().affinity().mode() != AffinityConfig.Mode.STRONG) {
            return InmeshPicker.telling(result, faults);
        }
        Picker sessions = assembly.sessionsOr(context -> InmeshPicker.NOBODY, members.all(), wanted);
        return new InmeshPicker(sessions, result, rules(), faults);
    }

    private CallRules rules() {
        return CallRules.of(wanted.config());
    }

    /** What calls are told while none of these can be connected to. */
    Status failure(List<ConnectedMember> failed) {
        ConnectedMember first = failed.get(0);
        return Status.UNAVAILABLE
                .withDescription(binding.target() + ": none of its " + failed.size()
                        + " endpoints can be connected to (first: "
                        + first.endpoint().address() + ", "
                        + first.lastFailure().getDescription()
                        + "); check that its pods are reachable from here")
                .withCause(first.lastFailure().getCause());
    }

    void close() {
        binding.view().atRest();
        connections.close();
        parted.forEach(ConnectedMember::disconnect);
        members.close();
        verdicts.close();
        occasions.close();
    }
}
