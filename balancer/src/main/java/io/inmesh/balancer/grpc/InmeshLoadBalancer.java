package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.PathTarget;
import io.inmesh.api.Picker;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.Usability;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.config.AffinityConfig;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.config.SubsetConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Members;
import io.inmesh.balancer.engine.Occasions;
import io.inmesh.balancer.engine.PickerAssembly;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.Collection;
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
    /**
     * How long the first ready connection waits for those that are still being made, so that it does not get every call of the first
     * moments. Connections inside a cluster take a few milliseconds; one that takes longer than this is late.
     */
    private static final Duration SETTLING = Duration.ofMillis(100);

    private final Helper helper;
    private @Nullable MeshLoan loan;
    private @Nullable MeshBinding binding;
    private @Nullable Members<ConnectedMember> members;
    private @Nullable PickerAssembly assembly;
    private @Nullable Occasions occasions;
    private @Nullable Balancing balancing;
    private Map<Endpoint, EquivalentAddressGroup> groups = new LinkedHashMap<>();
    private boolean ready;

    /** What was shown last while {@link #ready}. */
    private @Nullable InmeshPicker shown;

    private LoadHearing heard = LoadHearing.NONE;
    private boolean settled;
    private boolean shutdown;
    private Scheduler.@Nullable Cancellable settling;

    InmeshLoadBalancer(Helper helper) {
        this.helper = LoadHearing.over(helper);
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        groups = new LinkedHashMap<>();
        addresses.getAddresses().forEach(group -> groups.putIfAbsent(Addresses.endpointOf(group), group));
        MeshBinding bound = addresses.getAttributes().get(MeshBinding.KEY);
        MeshBinding now = bound == null ? bindingOf(groups.keySet()) : bound;
        binding = now;
        BalancerConfig told = addresses.getLoadBalancingPolicyConfig() instanceof InmeshPolicy.Config config
                ? config.balancer()
                : BalancerConfig.of(Map.of());
        balancing = now.engine().policies().balancing(told);
        Members<ConnectedMember> current = membersOf(now);
        current.reconcile(now.set().endpoints()).forEach(ConnectedMember::disconnect);
        hearLoads(current, now.target());
        connectOrDisconnect();
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
        Unresolved nothing = endpoints.isEmpty()
                ? new Unresolved(Reason.NO_ENDPOINTS, target + ": its resolver found no address; check the name")
                : null;
        ServiceFacts facts = ServiceFacts.of(ServiceKey.of(target));
        EndpointSet set = new EndpointSet(facts, 0, List.copyOf(endpoints), nothing, false, null);
        return new MeshBinding(loan.mesh().engine(), target, set);
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
            assembly = new PickerAssembly(engine, now.target());
            occasions = new Occasions(engine, helper.getSynchronizationContext(), this::update);
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

    /** Connects to those that may get calls: all usable ones, or this process's part of them. */
    private void connectOrDisconnect() {
        Members<ConnectedMember> current = Objects.requireNonNull(members, "made with the first addresses");
        Set<Member> reached = Objects.requireNonNull(assembly, "made with the members")
                .reached(current.all(), bound().set(), wanted());
        for (ConnectedMember member : current.all()) {
            boolean kept = reached.contains(member);
            if (kept || mayServeSessions(member)) {
                connect(member);
                member.keep(kept);
            } else {
                member.disconnect();
            }
        }
    }

    /** Who drains serves his sessions until he goes; who is outside the subset those that know him. */
    private boolean mayServeSessions(ConnectedMember member) {
        return wanted().config().affinity().mode() == AffinityConfig.Mode.STRONG
                && !(member.endpoint().usability() instanceof Usability.Unusable);
    }

    private MeshBinding bound() {
        return Objects.requireNonNull(binding, "bound with the first addresses");
    }

    private Balancing wanted() {
        return Objects.requireNonNull(balancing, "set with the first addresses");
    }

    private void connect(ConnectedMember member) {
        // Draining ones are no addresses to gRPC, which may use each for new calls.
        EquivalentAddressGroup known = groups.get(member.endpoint());
        EquivalentAddressGroup group = known == null ? Addresses.of(member.endpoint()) : known;
        if (!member.isConnectedTo(group.getAddresses())) {
            member.disconnect(); // A pod may keep its identity and get another address.
            Subchannel subchannel = helper.createSubchannel(
                    CreateSubchannelArgs.newBuilder().setAddresses(group).build());
            subchannel.start(state -> stateChanged(member, subchannel, state));
            member.connect(subchannel, group.getAddresses());
        }
    }

    private void stateChanged(ConnectedMember member, Subchannel subchannel, ConnectivityStateInfo info) {
        if (info.getState() == ConnectivityState.TRANSIENT_FAILURE || info.getState() == ConnectivityState.IDLE) {
            helper.refreshNameResolution(); // gRPC leaves it to policies. A resolver that looks names up may find
            // others.
        }
        if (!shutdown && member.changed(subchannel, info)) {
            update();
        }
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (!ready) {
            PickResult result = PickResult.withError(error);
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE,
                    members == null ? new FixedResultPicker(result) : sessionsOr(result));
        }
    }

    private void update() {
        if (shutdown || members == null) {
            return;
        }
        if (wanted().config().subset().mode() != SubsetConfig.Mode.OFF) {
            connectOrDisconnect(); // Peers have come or gone, or one of the part has failed and another joins it.
        }
        List<ConnectedMember> connected =
                members.all().stream().filter(ConnectedMember::isKept).toList();
        if (connected.isEmpty()) {
            ready = false;
            settled = false;
            cancelSettling();
            helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE, assemble());
        } else if (connected.stream().anyMatch(ConnectedMember::isReady)) {
            if (isSettled(connected)) {
                show(assemble());
            }
        } else if (connected.stream().anyMatch(ConnectedMember::isConnecting)) {
            ready = false;
            helper.updateBalancingState(ConnectivityState.CONNECTING, sessionsOr(PickResult.withNoResult()));
        } else {
            ready = false;
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE, sessionsOr(PickResult.withError(failure(connected))));
        }
    }

    /** A picker that the channel has already makes it look through its waiting calls for nothing: time asks again every 100 ms. */
    private void show(InmeshPicker picker) {
        if (!ready || !picker.isSameAs(shown)) {
            ready = true;
            shown = picker;
            helper.updateBalancingState(ConnectivityState.READY, picker);
        }
    }

    private InmeshPicker assemble() {
        Collection<ConnectedMember> all =
                Objects.requireNonNull(members, "made with the first addresses").all();
        PickerAssembly.Assembled assembled =
                Objects.requireNonNull(assembly, "made with the members").assemble(all, bound().set(), wanted());
        Objects.requireNonNull(occasions, "made with the members").await(wanted(), assembled.holds());
        return new InmeshPicker(assembled.picker(), null, rules());
    }

    /** For the time when no call can be placed: one result for all, but for sessions whose endpoint is there. */
    private SubchannelPicker sessionsOr(PickResult result) {
        if (wanted().config().affinity().mode() != AffinityConfig.Mode.STRONG) {
            return new FixedResultPicker(result);
        }
        Collection<ConnectedMember> all =
                Objects.requireNonNull(members, "made with the first addresses").all();
        Rejection nobody = new Rejection(Reason.ALL_EJECTED, bound().target() + ": no connection is ready");
        Picker sessions =
                Objects.requireNonNull(assembly, "made with the members").sessionsOr(context -> nobody, all, wanted());
        return new InmeshPicker(sessions, result, rules());
    }

    private CallRules rules() {
        return CallRules.of(wanted().config());
    }

    private boolean isSettled(List<ConnectedMember> connected) {
        if (settled || connected.stream().noneMatch(ConnectedMember::isConnecting)) {
            settled = true;
            cancelSettling();
        } else if (settling == null && binding != null) {
            Runnable over = () -> {
                settling = null;
                settled = true;
                if (!shutdown) {
                    update();
                }
            };
            settling = binding.engine()
                    .scheduler()
                    .schedule(() -> helper.getSynchronizationContext().execute(over), SETTLING);
        }
        return settled;
    }

    private Status failure(List<ConnectedMember> connected) {
        ConnectedMember first = connected.get(0);
        String target =
                binding == null ? helper.getAuthority() : binding.target().toString();
        return Status.UNAVAILABLE
                .withDescription(
                        target + ": none of its " + connected.size() + " endpoints can be connected to (first: "
                                + first.endpoint().address() + ", "
                                + first.lastFailure().getDescription()
                                + "); check that its pods are reachable from here")
                .withCause(first.lastFailure().getCause());
    }

    @Override
    public void shutdown() {
        shutdown = true;
        cancelSettling();
        closeMembers();
        if (loan != null) {
            loan.giveBack();
            loan = null;
        }
    }

    private void cancelSettling() {
        if (settling != null) {
            settling.cancel();
            settling = null;
        }
    }

    private void closeMembers() {
        if (members != null) {
            members.all().forEach(ConnectedMember::disconnect);
            members.close();
            members = null;
        }
        if (occasions != null) {
            occasions.close();
            occasions = null;
        }
    }
}
