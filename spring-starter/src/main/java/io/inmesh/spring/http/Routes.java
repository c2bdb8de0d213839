package io.inmesh.spring.http;

import io.inmesh.api.ServiceName;
import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ways to services' ports. One for each name, port and scheme, kept for the mesh's life.
 *
 * <p>Threads: any.
 */
public final class Routes {
    /** What a URL names that has no port. */
    public static final int NO_PORT = -1;

    private final Mesh mesh;
    private final ConfiguredServices configured;
    private final Map<String, String> settings;
    private final Map<Key, Route> routes = new ConcurrentHashMap<>();

    private record Key(String host, int port, boolean secure) {}

    /**
     * Creates it, without any way yet.
     *
     * @param settings by which services are balanced, as said by code
     */
    public Routes(Mesh mesh, ConfiguredServices configured, Map<String, String> settings) {
        this.mesh = mesh;
        this.configured = configured;
        this.settings = Map.copyOf(settings);
    }

    /**
     * The way to a service.
     *
     * @param port the service port's number, or {@link #NO_PORT}: the configured one, else 80 (443), else the one named {@code http} ({@code
     *     https}), else the only one
     * @param secure whether TLS is spoken
     */
    public Route to(ServiceName name, int port, boolean secure) {
        return routes.computeIfAbsent(
                new Key(name.typed(), port, secure), key -> new Route(mesh, candidates(name, port, secure), settings));
    }

    /** Gives back what all ways hold; a later request would begin anew. */
    public void close() {
        routes.values().forEach(Route::close);
        routes.clear();
    }

    /** The port rule of design section 5. */
    private List<Target> candidates(ServiceName name, int urlPort, boolean secure) {
        List<Target> candidates = new ArrayList<>();
        String port = urlPort < 0 ? configured.portOf(name) : Integer.toString(urlPort);
        if (port != null) {
            candidates.add(mesh.parse(name.typed() + ":" + port));
            return candidates;
        }
        candidates.add(mesh.parse(name.typed() + (secure ? ":443" : ":80")));
        candidates.add(mesh.parse(name.typed() + (secure ? ":https" : ":http")));
        candidates.add(mesh.parse(name.typed()));
        return candidates;
    }
}
