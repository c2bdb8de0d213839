package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.PathTarget;
import io.inmesh.api.Reason;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.config.BalancerConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Members;
import io.inmesh.balancer.engine.Occasions;
import io.inmesh.balancer.engine.PickerAssembly;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection to every usable endpoint and lets a policy of ours choose among those that are ready. Works with addresses from any
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
    private boolean ready;
    private boolean settled;
    private boolean shutdown;
    private Scheduler.@Nullable Cancellable settling;

    InmeshLoadBalancer(Helper helper) {
        this.helper = helper;
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
        Map<Endpoint, EquivalentAddressGroup> groups = new LinkedHashMap<>();
        addresses.getAddresses().forEach(group -> groups.putIfAbsent(Addresses.endpointOf(group), group));
        MeshBinding bound = addresses.getAttributes().get(MeshBinding.KEY);
        MeshBinding now = bound == null ? bindingOf(groups.keySet()) : bound;
        binding = now;
        balancing = addresses.getLoadBalancingPolicyConfig() instanceof InmeshPolicy.Config config
                ? config.balancing()
                : now.engine().policies().balancing(BalancerConfig.of(Map.of()));
        Members<ConnectedMember> current = membersOf(now);
        current.reconcile(now.set().endpoints()).forEach(ConnectedMember::disconnect);
        for (ConnectedMember member : current.all()) {
            connectOrDisconnect(member, groups.get(member.endpoint()));
        }
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

    private void connectOrDisconnect(ConnectedMember member, @Nullable EquivalentAddressGroup group) {
        if (group == null) {
            member.disconnect();
            return;
        }
        if (!member.isConnectedTo(group.getAddresses())) {
            member.disconnect(); // A pod may keep its identity and get another address.
            Subchannel subchannel = helper.createSubchannel(
                    CreateSubchannelArgs.newBuilder().setAddresses(group).build());
            subchannel.start(state -> stateChanged(member, subchannel, state));
            member.connect(subchannel, group.getAddresses());
        }
    }

    private void stateChanged(ConnectedMember member, Subchannel subchannel, ConnectivityStateInfo info) {
        if (!shutdown && member.changed(subchannel, info)) {
            update();
        }
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (!ready) {
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE, new FixedResultPicker(PickResult.withError(error)));
        }
    }

    private void update() {
        if (shutdown || members == null) {
            return;
        }
        Collection<ConnectedMember> all = members.all();
        List<ConnectedMember> connected =
                all.stream().filter(ConnectedMember::isConnected).toList();
        // One whose connection is still being made is neither good nor bad: shares are those of the others.
        List<ConnectedMember> tried =
                connected.stream().filter(member -> !member.isConnecting()).toList();
        if (connected.isEmpty()) {
            ready = false;
            settled = false;
            cancelSettling();
            helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE, assemble(all));
        } else if (tried.stream().anyMatch(ConnectedMember::isReady)) {
            if (isSettled(connected)) {
                ready = true;
                helper.updateBalancingState(ConnectivityState.READY, assemble(tried));
            }
        } else if (connected.stream().anyMatch(ConnectedMember::isConnecting)) {
            ready = false;
            helper.updateBalancingState(ConnectivityState.CONNECTING, new FixedResultPicker(PickResult.withNoResult()));
        } else {
            ready = false;
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE,
                    new FixedResultPicker(PickResult.withError(failure(connected))));
        }
    }

    private InmeshPicker assemble(Collection<ConnectedMember> from) {
        MeshBinding bound = Objects.requireNonNull(binding, "bound with the first addresses");
        Balancing wanted = Objects.requireNonNull(balancing, "set with the first addresses");
        PickerAssembly.Assembled assembled =
                Objects.requireNonNull(assembly, "made with the members").assemble(from, bound.set(), wanted);
        Objects.requireNonNull(occasions, "made with the members").await(wanted, assembled.holds());
        return new InmeshPicker(assembled.picker());
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
