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
import io.inmesh.api.time.NanoClock;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
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
    private final Gathering gathering;
    private final AttemptsInVain inVain = new AttemptsInVain();
    private @Nullable MeshLoan loan;

    /** From the first addresses to the end. */
    private @Nullable BoundService service;

    /** Whether connections are those of the last addresses. */
    private boolean arranged;

    /** What the channel was told last, and null if it is to look through its calls though that is still so. */
    private @Nullable ConnectivityState told;

    private @Nullable InmeshPicker shown;

    private boolean shutdown;

    InmeshLoadBalancer(Helper helper) {
        this.helper = LoadHearing.over(helper);
        this.settling = new Settling(helper.getSynchronizationContext(), this::update);
        this.gathering = new Gathering(helper.getSynchronizationContext(), this::follow);
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
        inVain.look(now.target(), told.values(), addresses.getAttributes().get(MeshBinding.SETTINGS));
        Balancing wanted;
        try {
            wanted = now.engine().policies().balancing(told.config());
        } catch (IllegalArgumentException e) { // The policy's own loader sees more than that of the mesh.
            Status refused = Status.UNAVAILABLE.withDescription(now.target() + ": " + e.getMessage());
            handleNameResolutionError(refused);
            return refused;
        }
        boolean watched = WatchedHealth.isWatched(addresses, wanted.config().check());
        serviceOf(now, wanted).take(now, groups, wanted, told, watched);
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
            current = new BoundService(helper, now, wanted, this::update, this::changed, this::showAnew);
            service = current;
        }
        return current;
    }

    private void changed(boolean connected) {
        if (connected) {
            shown = null; // Calls may wait for that very connection: the channel must look through them.
        }
        if (service != null) {
            Engine engine = service.binding().engine();
            gathering.changed(engine.clock(), engine.scheduler());
        }
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (!isReady()) {
            PickResult result = PickResult.withError(error);
            tell(
                    ConnectivityState.TRANSIENT_FAILURE,
                    service == null ? InmeshPicker.telling(result, null) : service.sessionsOr(result));
        }
    }

    /** Calls wait inside the channel that are to look at a picker once more. */
    private void showAnew() {
        shown = null;
        update();
    }

    private void update() {
        BoundService of = service;
        if (!shutdown && of != null) {
            gathering.begin();
            update(of);
        }
    }

    private void follow() {
        BoundService of = service;
        if (!shutdown && of != null) {
            NanoClock clock = of.binding().engine().clock();
            long since = clock.nanoTime();
            update(of);
            gathering.done(of.binding().set().endpoints().size(), since, clock.nanoTime());
        }
    }

    private void update(BoundService of) {
        of.judge();
        if (!isReady() && of.isTooEarly()) {
            waitForConnections(of);
            return;
        }
        if (!arranged || of.isArrangedAnew()) {
            of.connectOrDisconnect(!isReady());
            arranged = true;
        }
        List<ConnectedMember> used = of.used();
        if (used.isEmpty()) {
            settling.beginAnew();
            PickerAssembly.Assembled nobody = of.assemble();
            of.tellPeople(nobody.rejection());
            tell(ConnectivityState.TRANSIENT_FAILURE, of.asPicker(nobody));
        } else if (used.stream().anyMatch(ConnectedMember::isReady)) {
            if (of.placesAhead() || settling.isOver(used, of.binding().engine().scheduler())) {
                show(of, ConnectivityState.READY);
            }
        } else if (used.stream().noneMatch(ConnectedMember::isConnecting)) {
            Status failure = of.failure(used);
            of.tellPeople(new Rejection(Reason.ALL_EJECTED, String.valueOf(failure.getDescription())));
            tell(ConnectivityState.TRANSIENT_FAILURE, of.sessionsOr(PickResult.withError(failure)));
        } else if (of.placesAhead()) {
            show(of, ConnectivityState.CONNECTING);
        } else {
            waitForConnections(of);
        }
    }

    private void waitForConnections(BoundService of) {
        of.tellPeople(null); // Calls wait, and are told nothing.
        tell(ConnectivityState.CONNECTING, of.sessionsOr(PickResult.withNoResult()));
    }

    private void show(BoundService of, ConnectivityState state) {
        PickerAssembly.Assembled assembled = of.assemble();
        if (assembled.awaited()) {
            waitForConnections(of);
        } else {
            of.tellPeople(assembled.rejection());
            tell(state, of.asPicker(assembled));
        }
    }

    /** What the channel has been told already makes it look through its waiting calls for nothing: time asks again every 100 ms. */
    private void tell(ConnectivityState state, InmeshPicker picker) {
        if (state != told || !picker.isSameAs(shown)) {
            told = state;
            shown = picker;
            helper.updateBalancingState(state, picker);
        }
    }

    private boolean isReady() {
        return told == ConnectivityState.READY;
    }

    @Override
    public void shutdown() {
        shutdown = true;
        settling.end();
        gathering.begin();
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
