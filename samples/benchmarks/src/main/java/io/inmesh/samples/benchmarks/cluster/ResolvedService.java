package io.inmesh.samples.benchmarks.cluster;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.Unresolved;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.TransportResolverProvider;
import java.util.concurrent.Semaphore;

/** The large service, resolved over a {@link WireTransport} for a listener that does nothing. */
final class ResolvedService implements AutoCloseable {
    private final WireTransport api = new WireTransport();
    private final TransportResolverProvider provider = new TransportResolverProvider(api, WatchedService.RULES);
    private final Semaphore told = new Semaphore(0);
    private final Resolver resolver;
    private volatile long revision; // Of the set heard last. Written on the lane, read by who awaits.

    private final class Hearing implements Resolver.Listener {
        @Override
        public void onUpdate(EndpointSet set) {
            revision = set.revision();
            told.release();
        }

        @Override
        public void onUnresolved(Unresolved unresolved) {
            throw new IllegalStateException(unresolved.text());
        }
    }

    /** Watched and known. */
    ResolvedService(NanoClock clock, Scheduler scheduler) {
        resolver = provider.newResolver(provider.parse(LargeService.TARGET), new Context(clock, scheduler));
        resolver.start(new Hearing());
        told.acquireUninterruptibly();
    }

    /** Tells of a change and waits for the set that has it. */
    long changeAndAwaitSet(byte[] line) {
        api.send(line);
        told.acquireUninterruptibly();
        return revision;
    }

    /** Tells of a change and waits for nothing. */
    void change(byte[] line) {
        api.send(line);
    }

    /** How many sets were published since it was asked last. */
    int publications() {
        return told.drainPermits();
    }

    @Override
    public void close() {
        resolver.close();
        provider.close();
    }
}
