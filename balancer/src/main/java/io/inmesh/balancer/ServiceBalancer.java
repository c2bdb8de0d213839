package io.inmesh.balancer;

import io.inmesh.api.Choice;
import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.LoadBalancer;
import io.inmesh.api.Pick;
import io.inmesh.api.PickContext;
import io.inmesh.api.Reason;
import io.inmesh.api.RejectedException;
import io.inmesh.api.Rejection;
import io.inmesh.api.Resolver;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.observe.BalancerObserver;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.balancer.attempt.AttemptTerms;
import io.inmesh.balancer.attempt.Terms;
import io.inmesh.balancer.config.LayeredConfig;
import io.inmesh.balancer.engine.ApplicationSettings;
import io.inmesh.balancer.engine.Balancing;
import io.inmesh.balancer.engine.Engine;
import io.inmesh.balancer.engine.Members;
import io.inmesh.balancer.engine.Occasions;
import io.inmesh.balancer.engine.PickerAssembly;
import io.inmesh.balancer.engine.ServiceConfigs;
import io.inmesh.balancer.health.Verdicts;
import io.inmesh.balancer.request.RequestRules;
import io.inmesh.balancer.state.EndpointStates;
import io.inmesh.balancer.state.Member;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The balancer of one target: hears the resolver, keeps the members, arranges them and publishes a picker.
 *
 * <p>Control and request path meet in one place, the published {@link Published} record: the lane writes it, requests read it. Everything
 * else in here is touched by lane tasks alone.
 */
final class ServiceBalancer implements Resolver.Listener {
    private final Engine engine;
    private final Target target;
    private final Lane lane;
    private final Resolver resolver;
    private final ServiceConfigs configs;
    private final PickerAssembly assembly;
    private final Occasions occasions;
    private final ReadyWaiters waiters;
    private final AttemptTerms terms;
    private final ToldWatching watching;

    // Lane only.
    private @Nullable Members<Member> members;
    private @Nullable Verdicts verdicts; // With the members.
    private @Nullable EndpointSet set;
    private boolean closed;

    /** Ends hearing what else the application says. Written by start, read by close, which comes after or finds what does nothing. */
    private volatile Cancellable hearing = () -> {};

    /** Counts the sets heard, so that of several waiting ones only the newest is arranged. Raised by the resolver, read on the lane. */
    private final AtomicLong heard = new AtomicLong();

    /** Written on the lane, read by every request. */
    private volatile Published published;

    /** A member that, where it cannot be reached, has the resolver ask again: an address that was looked up may be an old one (rule X-3). */
    private final class Asking extends Member {
        private Asking(
                Target of, Endpoint endpoint, EndpointStates states, NanoClock clock, BalancerObserver observer) {
            super(of, endpoint, states, clock, observer);
        }

        @Override
        protected void notReached() {
            resolver.refresh();
        }
    }

    ServiceBalancer(Engine engine, Target target, Lane lane, Resolver resolver, ServiceConfigs configs) {
        this.engine = engine;
        this.target = target;
        this.lane = lane;
        this.resolver = resolver;
        this.watching = new ToldWatching(engine.observer(), target, resolver);
        this.configs = configs;
        this.assembly = new PickerAssembly(engine, target);
        this.occasions = new Occasions(engine, lane, this::assembleOnLane);
        this.waiters = new ReadyWaiters(lane, engine.scheduler(), this::rejection);
        Rejection notYet = new Rejection(
                Reason.NOT_SYNCED,
                target
                        + ": nothing has been heard of it yet; wait with whenReady(), or check that its source can be reached");
        LayeredConfig config = configs.current(null);
        this.terms = new AttemptTerms(engine.budgets(), engine.clock());
        this.published = new Published(
                assembly.rejecting(notYet),
                configs.balancing(config),
                config,
                configs.ignored(),
                null,
                List.of(),
                notYet,
                terms.ofNobody(config.config().attempts()),
                null);
    }

    void start() {
        hearing = engine.settings().listen(new ApplicationSettings.Listener() {
            @Override
            public void check(ApplicationSettings.Said next) {
                configs.check(next);
            }

            @Override
            public void changed() {
                lane.execute(ServiceBalancer.this::assembleOnLane);
            }
        });
        watching.begin();
        resolver.start(this);
    }

    Target target() {
        return target;
    }

    Choice choose(PickContext context) {
        return published.picker().choose(context);
    }

    /** Whom a request would get, asked by one who makes none. */
    Choice look(PickContext context) {
        return PickerAssembly.untold(published.picker()).choose(context);
    }

    Pick pick(PickContext context) {
        return published.pick(context);
    }

    Terms terms() {
        return published.terms();
    }

    RequestRules rules() {
        return published.rules();
    }

    CompletionStage<Void> whenReady(Duration limit) {
        CompletableFuture<Void> ready = waiters.add(limit);
        Rejection now = published.rejection();
        if (now != null && now.reason() == Reason.CLOSED) {
            // Looked at after asking: the mesh may have closed its threads by now, and then no lane will answer.
            ready.completeExceptionally(new RejectedException(now));
        }
        return ready;
    }

    /** What a pick would be told now; null if it would get an endpoint. */
    private @Nullable Rejection rejection() {
        return published.rejection();
    }

    LoadBalancer.Snapshot snapshot() {
        return published.snapshot(target, resolver.ages());
    }

    @Override
    public void onUpdate(EndpointSet update) {
        long number = heard.incrementAndGet();
        lane.execute(() -> {
            if (number == heard.get() && !closed) {
                updateOnLane(update);
            }
        });
    }

    @Override
    public void onUnresolved(Unresolved unresolved) {
        lane.execute(() -> {
            if (!closed) {
                unresolvedOnLane(unresolved);
            }
        });
    }

    /** Ends it; the callback comes from the lane when nothing is left to do there. */
    void close(Runnable ended) {
        hearing.cancel();
        resolver.close();
        watching.end(); // Not on the lane, whose threads may be gone.
        lane.execute(() -> {
            closeOnLane();
            ended.run();
        });
    }

    private void updateOnLane(EndpointSet update) {
        lane.assertOnLane();
        set = update;
        engine.observer().setChanged(target, update);
        membersOf(update.facts().key()).reconcile(update.endpoints());
        assembleOnLane();
    }

    private void assembleOnLane() {
        lane.assertOnLane();
        Members<Member> current = members;
        Verdicts judging = verdicts;
        EndpointSet known = set;
        if (current == null || judging == null || known == null) {
            return; // Time has passed, and meanwhile the set has gone.
        }
        LayeredConfig config = configs.current(known.facts());
        Balancing balancing = configs.balancing(config);
        judging.judge(current.all(), assembly.watched(current.all(), known, balancing), balancing.config());
        PickerAssembly.Assembled assembled = assembly.assemble(current.all(), known, balancing);
        occasions.await(balancing, assembled.holds());
        publish(new Published(
                assembled.picker(),
                balancing,
                config,
                configs.ignored(),
                known,
                current.views(),
                assembled.rejection(),
                terms.of(current.key(), balancing.config().attempts()),
                engine.guarded(balancing.config(), target, current.key())));
    }

    private void unresolvedOnLane(Unresolved unresolved) {
        lane.assertOnLane();
        engine.observer().unresolved(target, unresolved);
        if (set != null && !unresolved.reason().replacesKnownSet()) {
            return;
        }
        if (members != null) {
            members.reconcile(List.of()); // Gone from the set, which is more than not being asked for any longer.
        }
        publishNothing(Rejection.of(unresolved));
    }

    private void closeOnLane() {
        closed = true;
        occasions.close();
        publishNothing(new Rejection(Reason.CLOSED, target + ": the balancer was closed; ask the mesh for another"));
    }

    private void publishNothing(Rejection rejection) {
        set = null;
        dropMembers();
        publish(published.without(assembly.rejecting(rejection), rejection));
    }

    private void publish(Published now) {
        published = now;
        waiters.tellOnLane();
    }

    private Members<Member> membersOf(ServiceKey key) {
        Members<Member> current = members;
        if (current == null || !current.key().equals(key)) {
            dropMembers();
            current = new Members<>(engine, target, key, Asking::new);
            members = current;
            verdicts = engine.health().verdicts(key, target, current.states(), lane, this::assembleOnLane);
        }
        return current;
    }

    private void dropMembers() {
        if (verdicts != null) {
            verdicts.close();
            verdicts = null;
        }
        if (members != null) {
            members.close();
            members = null;
            terms.close();
        }
    }

    @Override
    public String toString() {
        return "ServiceBalancer[" + target + "]";
    }
}
