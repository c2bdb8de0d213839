package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.PathTarget;
import io.inmesh.api.Picker;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Members;
import io.inmesh.balancer.engine.Occasions;
import io.inmesh.balancer.engine.PickerAssembly;
import io.inmesh.balancer.health.Verdicts;
import io.inmesh.balancer.state.Member;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection to every usable endpoint, or to this process's part of them, and lets a policy of ours choose among those that are ready. Works with addresses from any
 * resolver; with ours it shares endpoint states and settings with the other doors of the mesh.
 *
 * <p>Threads: gRPC calls everything in the channel's synchronization context, which is this balancer's lane.
 */
final class InmeshLoadBalancer extends LoadBalancer {
    private final Helper helper;
    private @Nullable MeshLoan loan;
    private @Nullable MeshBinding binding;
    private @Nullable Members<ConnectedMember> members;
    private @Nullable Verdicts verdicts;
    private @Nullable PickerAssembly assembly;
    private @Nullable Occasions occasions;
    private @Nullable Connections connections;
    private @Nullable Balancing balancing;
    private boolean ready;

    /** Whether connections are those of the last addresses. */
    private boolean arranged;

    /** What was shown last while {@link #ready}. */
    private @Nullable InmeshPicker shown;

    private LoadHearing heard = LoadHearing.NONE;
    private final Settling settling;
    private boolean shutdown;

    InmeshLoadBalancer(Helper helper) {
        this.helper = LoadHearing.over(helper);
        this.settling = new Settling(helper.getSynchronizationContext(), this::update);
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        Map<Endpoint, EquivalentAddressGroup> groups = new LinkedHashMap<>();
        addresses.getAddresses().forEach(group -> groups.putIfAbsent(Addresses.endpointOf(group), group));
        MeshBinding bound = addresses.getAttributes().get(MeshBinding.KEY);
        MeshBinding now = bound == null ? bindingOf(groups.keySet()) : bound;
        binding = now;
        BalancerConfig told = addresses.getLoadBalancingPolicyConfig() instanceof InmeshPolicy.Config config
                ? config.balancer()
                : BalancerConfig.of(Map.of());
        balancing = now.engine().policies().balancing(told);
        Members<ConnectedMember> current = membersOf(now);
        connections().addresses(groups);
        current.reconcile(now.set().endpoints()).forEach(ConnectedMember::disconnect);
        hearLoads(current, now.target());
        occasions().ask(wanted());
        arranged = false;
        update();
        Unresolved nothingUsable = now.set().nothingUsable();
        return nothingUsable == null ? Status.OK : Status.UNAVAILABLE.withDescription(nothingUsable.toString());
    }

    /** Addresses of some other resolver: their own states, in the mesh of the process. */
    private MeshBinding bindingOf(Collection<Endpoint> endpoints) {
        if (loan == null) {
            loan = MeshLoan.of(null);
        }
        Target target = new PathTarget("grpc", helper.getAuthority(), Map.of());
        return MeshBinding.of(loan.mesh().engine(), target, endpoints);
    }

    private Members<ConnectedMember> membersOf(MeshBinding now) {
        Members<ConnectedMember> current = members;
        if (current == null || !current.key().equals(now.key())) {
            closeMembers();
            Engine engine = now.engine();
            current = new Members<>(
                    engine,
                    now.target(),
                    now.key(),
                    (target, endpoint, states, clock, observer) ->
                            new ConnectedMember(target, endpoint, states, clock, observer, engine.classifier()));
            members = current;
            verdicts = engine.health()
                    .verdicts(
                            now.key(),
                            now.target(),
                            current.states(),
                            helper.getSynchronizationContext(),
                            this::update);
            assembly = new PickerAssembly(engine, now.target());
            occasions = new Occasions(engine, helper.getSynchronizationContext(), this::update);
            connections = new Connections(helper, engine, this::changed);
        }
        return current;
    }

    /** What answers are read for, beside the call itself; said to every member before it is connected to. */
    private void hearLoads(Members<ConnectedMember> current, Target target) {
        LoadHearing hearing = LoadHearing.of(wanted()).instead(heard, target);
        heard = hearing;
        CallRules rules = rules();
        current.all().forEach(member -> member.obey(hearing, rules.token()));
    }

    /** While it is not known which endpoints are this process's, and calls wait anyhow, nothing is connected to for nothing. */
    private boolean isTooEarly() {
        return !ready && connections().areNone() && occasions().isAwaitingPeers(wanted());
    }

    private boolean hasSubset() {
        return wanted().config().subset().mode() != SubsetConfig.Mode.OFF;
    }

    /** Connects to those that may get calls: all usable ones, or this process's part of them. */
    private void connectOrDisconnect() {
        Collection<ConnectedMember> all = members().all();
        Set<Member> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ConnectedMember member : all) {
            if (hasSubset() && member.isUsed() && member.endpoint().usability().isUsable()) {
                used.add(member);
            }
            member.lingerNoMore(); // A part is chosen from the set and who this is, not from what was before.
        }
        Set<Member> reached = assembly().reached(all, bound().set(), wanted());
        connections().arrange(all, reached, this::mayBeStayedWith, used::contains, !ready);
    }

    /**
     * Who drains serves his sessions until he goes; who is outside the subset those that know him, or this process if the Service wants it to stay
     * with one endpoint, which is the same for every door.
     */
    private boolean mayBeStayedWith(ConnectedMember member) {
        Usability usability = member.endpoint().usability();
        return switch (wanted().config().affinity().mode()) {
            case OFF -> false;
            case STRONG -> !(usability instanceof Usability.Unusable);
            case SERVICE ->
                bound().set().facts().sessionAffinity() != null
                        && usability.isUsable()
                        && member.endpoint().weight() > 0;
        };
    }

    private Members<ConnectedMember> members() {
        return Objects.requireNonNull(members, "made with the first addresses");
    }

    private PickerAssembly assembly() {
        return Objects.requireNonNull(assembly, "made with the members");
    }

    private Occasions occasions() {
        return Objects.requireNonNull(occasions, "made with the members");
    }

    private Connections connections() {
        return Objects.requireNonNull(connections, "made with the members");
    }

    private MeshBinding bound() {
        return Objects.requireNonNull(binding, "bound with the first addresses");
    }

    private Balancing wanted() {
        return Objects.requireNonNull(balancing, "set with the first addresses");
    }

    private void changed(boolean connected) {
        if (connected) {
            shown = null; // Calls may wait for that very connection: the channel must look through them.
        }
        update();
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (!ready) {
            PickResult result = PickResult.withError(error);
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE,
                    members == null ? InmeshPicker.telling(result) : sessionsOr(result));
        }
    }

    private void update() {
        if (shutdown || members == null) {
            return;
        }
        judge();
        if (isTooEarly()) {
            waitForConnections();
            return;
        }
        // Peers have come or gone, or one of the part has failed and another joins it.
        if (!arranged || hasSubset() || wanted().choosesByPeers()) {
            connectOrDisconnect();
            arranged = true;
        }
        List<ConnectedMember> connected =
                members.all().stream().filter(ConnectedMember::isUsed).toList();
        if (connected.isEmpty()) {
            ready = false;
            settling.beginAnew();
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE,
                    new InmeshPicker(assemble().picker(), null, rules()));
        } else if (connected.stream().anyMatch(ConnectedMember::isReady)) {
            if (settling.isOver(connected, bound().engine().scheduler())) {
                show(assemble());
            }
        } else if (connected.stream().anyMatch(ConnectedMember::isConnecting)) {
            waitForConnections();
        } else {
            ready = false;
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE, sessionsOr(PickResult.withError(failure(connected))));
        }
    }

    private void judge() {
        Collection<ConnectedMember> all =
                Objects.requireNonNull(members, "made with the first addresses").all();
        List<Endpoint> watched =
                Objects.requireNonNull(assembly, "made with the members").watched(all, bound().set(), wanted());
        Objects.requireNonNull(verdicts, "made with the members").judge(all, watched, wanted().config());
    }

    private void waitForConnections() {
        ready = false;
        helper.updateBalancingState(ConnectivityState.CONNECTING, sessionsOr(PickResult.withNoResult()));
    }

    /** A picker that the channel has already makes it look through its waiting calls for nothing: time asks again every 100 ms. */
    private void show(PickerAssembly.Assembled assembled) {
        if (assembled.awaited()) {
            waitForConnections();
            return;
        }
        InmeshPicker picker = new InmeshPicker(assembled.picker(), null, rules());
        if (!ready || !picker.isSameAs(shown)) {
            ready = true;
            shown = picker;
            helper.updateBalancingState(ConnectivityState.READY, picker);
        }
    }

    private PickerAssembly.Assembled assemble() {
        PickerAssembly.Assembled assembled = assembly().assemble(members().all(), bound().set(), wanted());
        occasions().await(wanted(), assembled.holds());
        return assembled;
    }

    /** For the time when no call can be placed: one result for all, but for sessions whose endpoint is there. */
    private SubchannelPicker sessionsOr(PickResult result) {
        if (wanted().config().affinity().mode() != AffinityConfig.Mode.STRONG) {
            return InmeshPicker.telling(result);
        }
        Picker sessions =
                assembly().sessionsOr(context -> InmeshPicker.NOBODY, members().all(), wanted());
        return new InmeshPicker(sessions, result, rules());
    }

    private CallRules rules() {
        return CallRules.of(wanted().config());
    }

    private Status failure(List<ConnectedMember> connected) {
        ConnectedMember first = connected.get(0);
        return Status.UNAVAILABLE
                .withDescription(bound().target() + ": none of its " + connected.size()
                        + " endpoints can be connected to (first: "
                        + first.endpoint().address() + ", "
                        + first.lastFailure().getDescription()
                        + "); check that its pods are reachable from here")
                .withCause(first.lastFailure().getCause());
    }

    @Override
    public void shutdown() {
        shutdown = true;
        settling.end();
        closeMembers();
        if (loan != null) {
            loan.giveBack();
            loan = null;
        }
    }

    private void closeMembers() {
        if (members != null) {
            connections().close();
            members.close();
            members = null;
            connections = null;
        }
        if (verdicts != null) {
            verdicts.close();
            verdicts = null;
        }
        if (occasions != null) {
            occasions.close();
            occasions = null;
        }
    }
}
