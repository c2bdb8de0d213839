package io.inmesh.api.testing;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import io.inmesh.api.Target;
import io.inmesh.api.Unresolved;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Endpoints without a cluster: a test says what each target has, and every resolver of that target hears of it.
 *
 * <pre>{@code
 * FakeEndpoints cluster = new FakeEndpoints("k8s");
 * cluster.publish("orders.shop:http", Endpoint.of("127.0.0.1", 8080), Endpoint.of("127.0.0.2", 8080));
 * }</pre>
 *
 * <p>Threads: any; listeners hear on the thread that publishes or starts, one message after the other.
 */
public final class FakeEndpoints implements ResolverProvider {
    private final String scheme;

    // All are guarded by this, and listeners hear under it, so that they hear one message after the other and the
    // newest last.
    private final Map<Target, Consumer<Resolver.Listener>> last = new HashMap<>();
    private final Map<FakeResolver, Resolver.Listener> started = new LinkedHashMap<>();
    private long revision;
    private int refreshes;

    /** Plays that scheme. */
    public FakeEndpoints(String scheme) {
        this.scheme = scheme;
    }

    @Override
    public String scheme() {
        return scheme;
    }

    @Override
    public Resolver newResolver(Target target, Context context) {
        return new FakeResolver(target.withoutParameters());
    }

    /** From now on the target has these endpoints. */
    public void publish(String target, Endpoint... endpoints) {
        ServiceKey key = ServiceKey.of(Target.parse(target).withoutParameters());
        publish(target, ServiceFacts.of(key), List.of(endpoints));
    }

    /** From now on the target is this service with these endpoints. */
    public synchronized void publish(String target, ServiceFacts facts, List<Endpoint> endpoints) {
        EndpointSet set = EndpointSet.of(facts, ++revision, endpoints);
        tell(target, listener -> listener.onUpdate(set));
    }

    /** From now on this is said of the target. */
    public void say(String target, Unresolved unresolved) {
        tell(target, listener -> listener.onUnresolved(unresolved));
    }

    /** How many resolvers are started and not closed: after closing everything, a test expects 0. */
    public synchronized int resolvers() {
        return started.size();
    }

    /** How often resolvers were asked to look again, since connections fail. */
    public synchronized int refreshes() {
        return refreshes;
    }

    private synchronized void refresh() {
        refreshes++;
    }

    private synchronized void tell(String text, Consumer<Resolver.Listener> message) {
        Target target = Target.parse(text).withoutParameters();
        last.put(target, message);
        for (FakeResolver resolver : List.copyOf(started.keySet())) {
            if (last.get(target) != message) {
                return; // A listener has said something newer, and all have heard that.
            }
            Resolver.Listener listener = started.get(resolver); // Null if a listener told before has closed this one.
            if (listener != null && resolver.target.equals(target)) {
                message.accept(listener);
            }
        }
    }

    private synchronized void start(FakeResolver resolver, Resolver.Listener listener) {
        if (started.putIfAbsent(resolver, listener) != null) {
            throw new IllegalStateException(
                    "the resolver of " + resolver.target + " was started before (expected: once)");
        }
        Consumer<Resolver.Listener> known = last.get(resolver.target);
        if (known != null) {
            known.accept(listener);
        }
    }

    private synchronized void close(FakeResolver resolver) {
        started.remove(resolver);
    }

    private final class FakeResolver implements Resolver {
        private final Target target;

        private FakeResolver(Target target) {
            this.target = target;
        }

        @Override
        public void start(Listener listener) {
            FakeEndpoints.this.start(this, listener);
        }

        @Override
        public void refresh() {
            FakeEndpoints.this.refresh();
        }

        @Override
        public void close() {
            FakeEndpoints.this.close(this);
        }
    }
}
