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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints without a cluster: a test says what each target has, and every resolver of that target hears of it.
 *
 * <pre>{@code
 * FakeEndpoints cluster = new FakeEndpoints("k8s");
 * cluster.publish("orders.shop:http", Endpoint.of("127.0.0.1", 8080), Endpoint.of("127.0.0.2", 8080));
 * }</pre>
 *
 * <p>Threads: any; listeners hear on the thread that publishes.
 */
public final class FakeEndpoints implements ResolverProvider {
    private final String scheme;

    // Both are guarded by this.
    private final Map<Target, Consumer<Resolver.Listener>> last = new HashMap<>();
    private long revision;

    private final List<FakeResolver> started = new CopyOnWriteArrayList<>();

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
    public void publish(String target, ServiceFacts facts, List<Endpoint> endpoints) {
        EndpointSet set;
        synchronized (this) {
            set = EndpointSet.of(facts, ++revision, endpoints);
        }
        tell(target, listener -> listener.onUpdate(set));
    }

    /** From now on this is said of the target. */
    public void say(String target, Unresolved unresolved) {
        tell(target, listener -> listener.onUnresolved(unresolved));
    }

    /** How many resolvers are started and not closed: after closing everything, a test expects 0. */
    public int resolvers() {
        return started.size();
    }

    private void tell(String text, Consumer<Resolver.Listener> message) {
        Target target = Target.parse(text).withoutParameters();
        synchronized (this) {
            last.put(target, message);
        }
        started.stream()
                .filter(resolver -> resolver.target.equals(target))
                .forEach(resolver -> message.accept(resolver.listener()));
    }

    private final class FakeResolver implements Resolver {
        private final Target target;

        // Written once by start, before the resolver is shared through the list of started ones.
        private @Nullable Listener listener;

        private FakeResolver(Target target) {
            this.target = target;
        }

        private Listener listener() {
            return Objects.requireNonNull(listener, "not started");
        }

        @Override
        public void start(Listener startedListener) {
            listener = startedListener;
            started.add(this);
            Consumer<Listener> known;
            synchronized (FakeEndpoints.this) {
                known = last.get(target);
            }
            if (known != null) {
                known.accept(startedListener);
            }
        }

        @Override
        public void close() {
            started.remove(this);
        }
    }
}
