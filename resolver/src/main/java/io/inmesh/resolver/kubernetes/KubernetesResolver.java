package io.inmesh.resolver.kubernetes;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.resolver.kubernetes.object.ServiceObject;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import io.inmesh.resolver.kubernetes.rule.Resolution;
import io.inmesh.resolver.kubernetes.rule.SliceJoin;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.Trouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Resolves one port of one service: asks {@link Resolution} at every change and tells what differs from what was told before (rule
 *
 *
 * <p>Threads: {@link #start} and {@link #close} from anywhere, once each; the listener is called on the lane of the service's watch.
 */
final class KubernetesResolver implements Resolver, ServiceWatch.Subscriber {
    private final Wanted wanted;
    private final ClientPlace client;
    private final ServiceWatches watches;
    private final Context context;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Written by {@link #start} before anything is subscribed, read on the lane and by {@link #close}. */
    private volatile @Nullable Listener listener;

    private volatile @Nullable ServiceWatch watch; // Written by start, read by close.

    // All below are touched on the lane only.
    private long revision;
    private @Nullable EndpointSet toldSet; // What was told last, if it was a set.
    private @Nullable Unresolved toldReason; // What was told last, if it was a fact that replaces a set.
    private boolean mustRepeat; // A trouble was told since.

    KubernetesResolver(Wanted wanted, ClientPlace client, ServiceWatches watches, Context context) {
        this.wanted = wanted;
        this.client = client;
        this.watches = watches;
        this.context = context;
    }

    @Override
    public void start(Listener hearing) {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "the resolver of " + wanted.describe() + " was started before (expected: once)");
        }
        listener = hearing;
        ServiceWatch acquired = watches.acquire(context, wanted.service());
        watch = acquired;
        acquired.subscribe(this);
        if (closed.get()) {
            letGo();
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            letGo();
        }
    }

    /** Once for each resolver that was started, whichever of start and close comes last. */
    private synchronized void letGo() {
        ServiceWatch held = watch;
        if (held != null) {
            watch = null;
            held.unsubscribe(this);
            watches.release(context, wanted.service());
        }
    }

    @Override
    public void onStateOnLane(@Nullable ServiceObject service, SliceJoin slices) {
        Listener hearing = listener;
        if (hearing == null || closed.get()) {
            return;
        }
        Resolution.Answer answer = Resolution.of(wanted, service, slices, client);
        if (answer instanceof Resolution.Known known) {
            tellOnLane(hearing, known);
        } else if (answer instanceof Resolution.None none) {
            tellOnLane(hearing, none.unresolved());
        }
        mustRepeat = false;
    }

    private void tellOnLane(Listener hearing, Resolution.Known known) {
        EndpointSet set = new EndpointSet(known.facts(), revision + 1, known.endpoints(), known.words());
        EndpointSet before = toldSet;
        if (before != null && set.sameContent(before) && !mustRepeat) {
            return;
        }
        revision++;
        toldSet = set;
        toldReason = null;
        hearing.onUpdate(set);
    }

    private void tellOnLane(Listener hearing, Unresolved unresolved) {
        if (unresolved.equals(toldReason) && !mustRepeat) {
            return;
        }
        toldSet = null;
        toldReason = unresolved;
        hearing.onUnresolved(unresolved);
    }

    @Override
    public void onTroubleOnLane(Trouble trouble) {
        Listener hearing = listener;
        if (hearing != null && !closed.get()) {
            hearing.onUnresolved(new Unresolved(trouble.reason(), wanted.describe() + ": " + trouble.text()));
        }
    }

    /** The next state is told even if it is the one known: that is how a listener learns that the trouble is over. */
    @Override
    public void onTroubleOverOnLane() {
        mustRepeat = true;
    }
}
