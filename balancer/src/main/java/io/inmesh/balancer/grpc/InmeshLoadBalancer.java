package io.inmesh.balancer.grpc;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.inmesh.api.Endpoint;
import io.inmesh.api.PathTarget;
import io.inmesh.api.Reason;
import io.inmesh.api.Rejection;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.PickerAssembly;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection to every usable endpoint, or to this process's part of them, and lets a policy of ours choose among those that are ready. Works with addresses from any
 * resolver; with ours it shares endpoint states and settings with the other doors of the mesh.
 *
 * <p>Threads: gRPC calls everything in the channel's synchronization context, which is this balancer's lane.
 */
final class InmeshLoadBalancer extends LoadBalancer {
    private final Helper helper;
    private final Settling settling;
    private @Nullable MeshLoan loan;

    /** From the first addresses to the end. */
    private @Nullable BoundService service;

    private boolean ready;

    /** Whether connections are those of the last addresses. */
    private boolean arranged;

    /** What was shown last while {@link #ready}. */
    private @Nullable InmeshPicker shown;

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
        LayeredConfig told = addresses.getLoadBalancingPolicyConfig() instanceof InmeshPolicy.Config config
                ? config.told()
                : InmeshPolicy.Config.DEFAULT.told();
        Balancing wanted = now.engine().policies().balancing(told.config());
        serviceOf(now, wanted).take(now, groups, wanted, told);
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

    private BoundService serviceOf(MeshBinding now, Balancing wanted) {
        BoundService current = service;
        if (current == null || !current.isOf(now)) {
            closeService();
            current = new BoundService(helper, now, wanted, this::update, this::changed);
            service = current;
        }
        return current;
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
                    service == null ? InmeshPicker.telling(result) : service.sessionsOr(result));
        }
    }

    private void update() {
        BoundService of = service;
        if (shutdown || of == null) {
            return;
        }
        of.judge();
        if (!ready && of.isTooEarly()) {
            waitForConnections(of);
            return;
        }
        if (!arranged || of.isArrangedAnew()) {
            of.connectOrDisconnect(!ready);
            arranged = true;
        }
        List<ConnectedMember> used = of.used();
        if (used.isEmpty()) {
            ready = false;
            settling.beginAnew();
            PickerAssembly.Assembled nobody = of.assemble();
            of.tellPeople(nobody.rejection());
            helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE, of.asPicker(nobody));
        } else if (used.stream().anyMatch(ConnectedMember::isReady)) {
            if (settling.isOver(used, of.binding().engine().scheduler())) {
                show(of);
            }
        } else if (used.stream().anyMatch(ConnectedMember::isConnecting)) {
            waitForConnections(of);
        } else {
            ready = false;
            Status failure = of.failure(used);
            of.tellPeople(new Rejection(Reason.ALL_EJECTED, String.valueOf(failure.getDescription())));
            helper.updateBalancingState(
                    ConnectivityState.TRANSIENT_FAILURE, of.sessionsOr(PickResult.withError(failure)));
        }
    }

    private void waitForConnections(BoundService of) {
        ready = false;
        of.tellPeople(null); // Calls wait, and are told nothing.
        helper.updateBalancingState(ConnectivityState.CONNECTING, of.sessionsOr(PickResult.withNoResult()));
    }

    /** A picker that the channel has already makes it look through its waiting calls for nothing: time asks again every 100 ms. */
    private void show(BoundService of) {
        PickerAssembly.Assembled assembled = of.assemble();
        if (assembled.awaited()) {
            waitForConnections(of);
            return;
        }
        of.tellPeople(assembled.rejection());
        InmeshPicker picker = of.asPicker(assembled);
        if (!ready || !picker.isSameAs(shown)) {
            ready = true;
            shown = picker;
            helper.updateBalancingState(ConnectivityState.READY, picker);
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        settling.end();
        closeService();
        if (loan != null) {
            loan.giveBack();
            loan = null;
        }
    }

    private void closeService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }
}
