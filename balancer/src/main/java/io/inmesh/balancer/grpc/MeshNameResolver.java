package io.inmesh.balancer.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Reason;
import io.inmesh.api.Resolver;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.Mesh;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.ServiceConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a gRPC channel hear one of our resolvers: usable endpoints become addresses, reasons become UNAVAILABLE with their own texts, settings
 * become the service config.
 *
 * <p>Threads: everything but {@code getServiceAuthority} runs in the channel's synchronization context.
 */
final class MeshNameResolver extends NameResolver implements Resolver.Listener {
    private final MeshLoan loan;
    private final Target target;
    private final SynchronizationContext context;
    private final ServiceConfigParser parser;
    private final Engine engine;
    private final ServiceConfigs configs;

    // Synchronization context only.
    private @Nullable Listener2 listener;
    private @Nullable Resolver resolver;
    private @Nullable EndpointSet known;
    private @Nullable Unresolved waitingFor;
    private boolean answered;
    private boolean shutdown;
    private Scheduler.Cancellable startupTimer = () -> {};

    MeshNameResolver(MeshLoan loan, Target target, Map<String, String> settings, Args args) {
        this.loan = loan;
        this.target = target;
        this.context = args.getSynchronizationContext();
        this.parser = args.getServiceConfigParser();
        this.engine = loan.mesh().engine();
        this.configs = engine.configsFor(target, ServiceConfigs.ofTarget(target, settings));
    }

    @Override
    public String getServiceAuthority() {
        return target.authority();
    }

    @Override
    public void start(Listener2 channelListener) {
        listener = channelListener;
        Mesh mesh = loan.mesh();
        startupTimer = engine.scheduler().schedule(() -> context.execute(this::startupWaitIsOver), mesh.startupWait());
        Resolver started = mesh.newResolver(target);
        resolver = started;
        started.start(this);
    }

    /** Nothing to do: the watch tells every change by itself. */
    @Override
    public void refresh() {}

    @Override
    public void shutdown() {
        if (shutdown) {
            return;
        }
        shutdown = true;
        startupTimer.cancel();
        if (resolver != null) {
            resolver.close();
        }
        loan.giveBack();
    }

    @Override
    public void onUpdate(EndpointSet set) {
        context.execute(() -> publish(set));
    }

    @Override
    public void onUnresolved(Unresolved unresolved) {
        context.execute(() -> unresolved(unresolved));
    }

    private void publish(EndpointSet set) {
        if (shutdown) {
            return;
        }
        engine.observer().setChanged(target, set);
        known = set;
        List<EquivalentAddressGroup> addresses = set.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Addresses::of)
                .toList();
        tell(addresses, MeshBinding.of(engine, target, set), set.facts());
    }

    private void unresolved(Unresolved unresolved) {
        if (shutdown) {
            return;
        }
        engine.observer().unresolved(target, unresolved);
        if (unresolved.reason().replacesKnownSet()) {
            known = null;
            tell(List.of(), MeshBinding.of(engine, target, unresolved), null);
        } else if (known == null) {
            waitingFor = unresolved;
            if (answered || unresolved.reason() == Reason.FORBIDDEN) {
                fail(unresolved.toString());
            }
        }
    }

    /** Calls that do not wait for ready have waited long enough; those that do go on waiting, and a set that comes later serves all. */
    private void startupWaitIsOver() {
        if (!answered && !shutdown) {
            fail(Optional.ofNullable(waitingFor)
                    .map(Unresolved::toString)
                    .orElse("NOT_SYNCED: " + target + ": nothing has been heard of it within "
                            + loan.mesh().startupWait() + "; check that its source can be reached"));
        }
    }

    private void tell(List<EquivalentAddressGroup> addresses, MeshBinding binding, @Nullable ServiceFacts facts) {
        LayeredConfig config = configs.current(facts);
        SafeRepeats repeats = SafeRepeats.of(parser, InmeshPolicy.toServiceConfig(config));
        Attributes attributes = Attributes.newBuilder()
                .set(MeshBinding.KEY, binding)
                .set(SafeRepeats.KEY, repeats)
                .build();
        answer();
        listener()
                .onResult2(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(addresses))
                        .setAttributes(attributes)
                        .setServiceConfig(repeats.channelConfig())
                        .build());
    }

    private void fail(String text) {
        answer();
        listener()
                .onResult2(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(text)))
                        .build());
    }

    private void answer() {
        answered = true;
        startupTimer.cancel();
    }

    private Listener2 listener() {
        if (listener == null) {
            throw new IllegalStateException("not started (expected: gRPC to call start first)");
        }
        return listener;
    }
}
