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
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.WatchAge;
import io.inmesh.api.time.Scheduler;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.ApplicationSettings;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.ServiceConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a gRPC channel hear one of our resolvers: usable endpoints become addresses, reasons become UNAVAILABLE with their own texts, settings
 * become the service config.
 *
 * <p>It watches from the moment it is made, not from its start: a channel that has been idle for long has a new one waiting, and must know
 * its endpoints when it wakes up, even if the API is away by then.
 *
 * <p>Threads: made on any; everything else but {@code getServiceAuthority} runs in the channel's synchronization context.
 */
final class MeshNameResolver extends NameResolver implements Resolver.Listener {
    private static final Logger log = LoggerFactory.getLogger(MeshNameResolver.class);

    private final MeshLoan loan;
    private final Target target;
    private final SynchronizationContext context;
    private final Engine engine;
    private final ServiceConfigs configs;
    private final Steering steering;
    private final ChannelView view;

    // Synchronization context only; the resolver is first written before the channel has this object.
    private @Nullable Listener2 listener;
    private @Nullable Resolver resolver;
    private @Nullable Supplier<List<WatchAge>> ages; // Of that resolver: one object, by which observers know it.
    private @Nullable EndpointSet known;
    private @Nullable Unresolved unresolved;
    private @Nullable ServiceKey bound; // Which service port the channel was told of last.
    private boolean answered;
    private boolean shutdown;
    private boolean over; // The mesh was closed: nothing is heard of the target any more.
    private Scheduler.Cancellable startupTimer = () -> {};
    private Scheduler.Cancellable hearing = () -> {};
    private Scheduler.Cancellable ending = () -> {};

    MeshNameResolver(MeshLoan loan, Target target, Map<String, String> settings, Args args) {
        this.loan = loan;
        this.target = target;
        this.context = args.getSynchronizationContext();
        this.engine = loan.mesh().engine();
        this.steering = new Steering(engine, target, args.getServiceConfigParser());
        this.configs = engine.configsFor(target, ServiceConfigs.ofTarget(target, settings));
        this.view = new ChannelView(engine, target, configs.current(null));
    }

    @Override
    public String getServiceAuthority() {
        return target.authority();
    }

    /**
     * Begins with a channel.
     *
     * @throws io.inmesh.api.InvalidTargetException if the target can never be resolved
     */
    void begin() {
        ending = loan.mesh().onClose(() -> context.execute(this::meshClosed));
        try {
            watch();
        } catch (RuntimeException e) {
            ending.cancel();
            throw e;
        }
    }

    /**
     * Begins to watch, unless the surroundings do not allow it yet (no kubeconfig, say): then calls fail with what is missing, and it is tried
     * again until it is there.
     */
    private void watch() {
        try {
            Resolver begun = loan.mesh().newResolver(target);
            Supplier<List<WatchAge>> begunAges = begun::ages;
            resolver = begun;
            ages = begunAges;
            view.watching(begunAges);
            engine.observer().watching(target, begunAges);
            start(begun);
        } catch (IllegalStateException e) {
            cannotWatch(target + ": " + e.getMessage());
        }
    }

    /** What does not start is not kept: it would never be tried again. */
    private void start(Resolver begun) {
        try {
            begun.start(this);
        } catch (RuntimeException e) {
            try {
                unwatch();
            } catch (RuntimeException besides) {
                e.addSuppressed(besides);
            }
            throw e;
        }
    }

    private void cannotWatch(String text) {
        Unresolved said = new Unresolved(Reason.NOT_SYNCED, text);
        unresolved = said;
        view.unknown(said);
    }

    /** Once it watches: people see it until its end, and what the application says anew is heard. */
    void appear() {
        engine.views().add(view);
        hearing = engine.settings().listen(new OtherSettings());
    }

    /** The same on a channel that is there, which would end if this threw: whatever is the matter is what calls fail with. */
    private void watchAgain() {
        try {
            watch();
        } catch (RuntimeException e) {
            log.warn("{}: cannot be watched; it is tried again", target, e);
            String why = e.getMessage();
            cannotWatch(target + ": " + (why == null ? e : why));
        }
    }

    @Override
    public void start(Listener2 channelListener) {
        listener = channelListener;
        if (resolver == null) {
            watchAgain();
        }
        if (over) {
            tellClosed();
        } else if (known != null) {
            tellSet(known);
        } else if (resolver == null) {
            fail();
        } else {
            startupTimer = engine.scheduler()
                    .schedule(
                            () -> context.execute(this::startupWaitIsOver),
                            loan.mesh().startupWait());
            if (unresolved != null) {
                tellUnresolved(unresolved);
            }
        }
    }

    /** gRPC asks for this after a failure. A watch tells every change by itself, lookups are repeated; what could not begin is tried again. */
    @Override
    public void refresh() {
        if (resolver != null) {
            resolver.refresh();
        } else if (!shutdown && !over) {
            watchAgain();
            if (resolver == null) {
                fail();
            }
        }
    }

    @Override
    public void shutdown() {
        if (shutdown) {
            return;
        }
        shutdown = true;
        startupTimer.cancel();
        hearing.cancel();
        ending.cancel();
        // Behind the current task: in it, gRPC makes the resolver that takes over when a channel goes idle, and the
        // watch goes on.
        context.execute(() -> {
            unwatch();
            engine.views().remove(view);
            steering.close();
            loan.giveBack();
        });
    }

    private void unwatch() {
        if (resolver != null) {
            resolver.close();
            resolver = null;
        }
        if (ages != null) {
            engine.observer().unwatched(target, ages);
            ages = null;
        }
    }

    /** The channel's user has closed the mesh and not the channel: calls end with that, instead of waiting, or going where nobody looks any more. */
    private void meshClosed() {
        if (shutdown || over) {
            return;
        }
        over = true;
        startupTimer.cancel();
        hearing.cancel();
        known = null;
        unwatch();
        view.unknown(closed());
        if (listener != null) {
            tellClosed();
        }
    }

    private Unresolved closed() {
        return new Unresolved(
                Reason.CLOSED, target + ": the mesh of this channel was closed; close the channel before its mesh");
    }

    /** Of the service port that the channel is at: its connections stay with the calls that still run there. */
    private void tellClosed() {
        ServiceKey key = bound == null ? ServiceKey.of(target) : bound;
        tell(List.of(), MeshBinding.of(engine, target, view, key, closed()), null);
    }

    @Override
    public void onUpdate(EndpointSet set) {
        context.execute(() -> publish(set));
    }

    @Override
    public void onUnresolved(Unresolved said) {
        context.execute(() -> unresolved(said));
    }

    private void publish(EndpointSet set) {
        if (shutdown || over) {
            return;
        }
        engine.observer().setChanged(target, set);
        known = set;
        unresolved = null;
        show(set);
        if (listener != null) {
            tellSet(set);
        }
    }

    private void unresolved(Unresolved said) {
        if (shutdown || over) {
            return;
        }
        engine.observer().unresolved(target, said);
        if (known != null && !said.reason().replacesKnownSet()) {
            return;
        }
        known = null;
        unresolved = said;
        view.unknown(said);
        if (listener != null) {
            tellUnresolved(said);
        }
    }

    private void show(EndpointSet set) {
        LayeredConfig said = configs.current(set.facts());
        view.known(set, said, configs.ignored());
    }

    private void tellSet(EndpointSet set) {
        List<EquivalentAddressGroup> addresses = set.endpoints().stream()
                .filter(endpoint -> endpoint.usability().isUsable())
                .map(Addresses::of)
                .toList();
        tell(addresses, new MeshBinding(engine, target, view, set), set.facts());
    }

    /** What is no answer yet is waited for, up to the startup wait: calls are buffered meanwhile. */
    private void tellUnresolved(Unresolved said) {
        if (said.reason().replacesKnownSet()) {
            tell(List.of(), MeshBinding.of(engine, target, view, said), null);
        } else if (answered || said.reason() == Reason.FORBIDDEN) {
            fail();
        }
    }

    /** Calls that do not wait for ready have waited long enough; those that do go on waiting, and a set that comes later serves all. */
    private void startupWaitIsOver() {
        if (!answered && !shutdown && !over) {
            fail();
        }
    }

    private void tell(List<EquivalentAddressGroup> addresses, MeshBinding binding, @Nullable ServiceFacts facts) {
        bound = binding.key();
        LayeredConfig config = configs.current(facts);
        SafeRepeats steered;
        try {
            steered = steering.current(config, facts);
        } catch (IllegalStateException e) {
            log.warn("{}: its settings are not taken", target, e);
            hearFailure(target + ": " + e.getMessage());
            return;
        }
        Attributes attributes = steered.attributes().toBuilder()
                .set(MeshBinding.KEY, binding)
                .set(MeshBinding.SETTINGS, config.values())
                .build();
        hear(ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(addresses))
                .setAttributes(attributes)
                .setServiceConfig(steered.channelConfig())
                .build());
    }

    private void fail() {
        String text = Optional.ofNullable(unresolved)
                .map(Unresolved::toString)
                .orElse("NOT_SYNCED: " + target + ": nothing has been heard of it within "
                        + loan.mesh().startupWait() + "; check that its source can be reached");
        hearFailure(text);
    }

    private void hearFailure(String text) {
        hear(ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(text)))
                .build());
    }

    private void hear(ResolutionResult result) {
        answered = true;
        startupTimer.cancel();
        if (listener != null) {
            listener.onResult2(result);
        }
    }

    /** The application says something else of its services: the channel hears its service config anew. */
    private final class OtherSettings implements ApplicationSettings.Listener {
        @Override
        public void check(ApplicationSettings.Said next) {
            configs.check(next);
        }

        @Override
        public void changed() {
            context.execute(() -> {
                EndpointSet set = known;
                if (shutdown || set == null) {
                    return;
                }
                show(set);
                if (listener != null) {
                    tellSet(set);
                }
            });
        }
    }
}
