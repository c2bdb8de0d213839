package io.inmesh.spring.http;

import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import io.inmesh.spring.http.wire.Connections;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.boot.http.client.HttpClientSettings;

/**
 * What all requests to pods share: the hosts that are ours, and the clients with their connections and threads. Nothing is held before the first request
 * to a host of ours.
 *
 * <p>Threads: any. {@link #close()} ends connections and threads.
 */
public final class MeshHttp implements AutoCloseable {
    /**
     * Unless configured, a pod that does not answer the first packet is given up after this: TCP sends it again after 1 and 3 s, and the
     * request has another pod to go to.
     */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final Mesh mesh;
    private final Hosts hosts;
    private final Departures departures;

    /** By kind, each made by the first request of that kind. Written under this, read by all requests, on event loops too, without it. */
    private final Map<Class<?>, Connections> connections = new ConcurrentHashMap<>();

    /** Written under this, read by all requests without it. */
    private volatile boolean closed;

    /**
     * Requests of that mesh; the caller closes it afterwards.
     *
     * @param departures an observer of that mesh
     */
    public MeshHttp(Mesh mesh, ConfiguredServices configured, ExcludedHosts excluded, Departures departures) {
        this.mesh = mesh;
        this.departures = departures;
        this.hosts = new Hosts(mesh, configured, excluded, Hosts.LOOKUP_LIMIT);
    }

    public Mesh mesh() {
        return mesh;
    }

    public Hosts hosts() {
        return hosts;
    }

    /** True while that very target is asked for to find out whether a host, which some request went to, is a service at all. */
    public boolean isLookedUp(Target target) {
        return hosts.isLookedUp(target);
    }

    /** How long a connection may take to open. */
    public static Duration connectTimeout(HttpClientSettings settings) {
        Duration said = settings.connectTimeout();
        return said == null ? CONNECT_TIMEOUT : said;
    }

    /**
     * Those of one kind of client, made by the first who asks.
     *
     * @throws ConnectException once this is closed
     */
    public <C extends Connections> C connections(Class<C> kind, Supplier<C> maker) throws ConnectException {
        Connections known = connections.get(kind);
        return kind.cast(known == null ? opened(kind, maker) : known);
    }

    private synchronized Connections opened(Class<?> kind, Supplier<? extends Connections> maker)
            throws ConnectException {
        if (closed) {
            throw new ConnectException("the HTTP client of inmesh was closed with its application context");
        }
        departures.closeBy(this::closeTo);
        return connections.computeIfAbsent(kind, same -> maker.get());
    }

    private void closeTo(InetSocketAddress pod) {
        connections.values().forEach(each -> each.closeTo(pod));
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        List<Connections> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(connections.values());
            connections.clear();
            departures.closeBy(null);
        }
        RuntimeException failure = null;
        for (Connections each : last) {
            try {
                each.close();
            } catch (RuntimeException e) {
                failure = e; // The others are to end too.
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
