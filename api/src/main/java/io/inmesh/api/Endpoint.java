package io.inmesh.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One address that serves a port of a service. A value: it carries no connection and no counters.
 *
 * <pre>{@code
 * Endpoint endpoint = Endpoint.of("10.0.0.7", 8080).withLocality(new Locality("node-1", "zone-a"));
 * }</pre>
 *
 * @param id identity of what runs there: pod uid, {@code :} and port number, else {@code host:port}. A reused address under a new
 *     pod is another endpoint, so it never inherits its predecessor's statistics
 * @param host IP address in canonical form, or a host name
 * @param port number to connect to, 1..65535, or {@link #NO_PORT}
 * @param weight relative share, 0..{@value #MAX_WEIGHT}; 0 = quiesced: no new request, running ones finish
 * @param locality where it runs
 * @param usability whether this client may pick it
 * @param hostname the stable name inside its service (StatefulSet pods have one), or null; blank counts as null
 * @param pod the pod's name, or null if no pod is known behind the address; blank counts as null
 */
public record Endpoint(
        String id,
        String host,
        int port,
        int weight,
        Locality locality,
        Usability usability,
        @Nullable String hostname,
        @Nullable String pod) {

    /** The port of an address that has none: in-process, or a Unix socket. */
    public static final int NO_PORT = 0;

    /** The largest weight, 2^20. */
    public static final int MAX_WEIGHT = 1 << 20;

    /** Checks the ranges given at each component. */
    public Endpoint {
        hostname = hostname == null || hostname.isBlank() ? null : hostname;
        pod = pod == null || pod.isBlank() ? null : pod;
        if (id.isBlank()) {
            throw new IllegalArgumentException(
                    "id of " + host + ":" + port + ": '" + id + "' (expected: pod uid or host, ':' and port)");
        }
        Objects.requireNonNull(locality, "locality");
        Objects.requireNonNull(usability, "usability");
        if (host.isBlank() || host.startsWith("[")) {
            throw new IllegalArgumentException(
                    "host: '" + host + "' (expected: an IP address, without brackets, or a host name)");
        }
        if (port < NO_PORT || port > 65535) {
            throw new IllegalArgumentException(
                    "port of " + host + ": " + port + " (expected: 1..65535, or 0 for an address without ports)");
        }
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight of " + host + ":" + port + ": " + weight + " (expected: 0.."
                    + MAX_WEIGHT + ", 0 quiesces)");
        }
    }

    /** A usable endpoint of weight 1 at an unknown place, identified by its address. */
    public static Endpoint of(String host, int port) {
        return new Endpoint(hostAndPort(host, port), host, port, 1, Locality.UNKNOWN, Usability.usable(), null, null);
    }

    /** The same address with another identity. */
    public Endpoint withId(String newId) {
        return new Endpoint(newId, host, port, weight, locality, usability, hostname, pod);
    }

    /** The same endpoint with another weight. */
    public Endpoint withWeight(int newWeight) {
        return new Endpoint(id, host, port, newWeight, locality, usability, hostname, pod);
    }

    /** The same endpoint at another place. */
    public Endpoint withLocality(Locality newLocality) {
        return new Endpoint(id, host, port, weight, newLocality, usability, hostname, pod);
    }

    /** The same endpoint, usable or not. */
    public Endpoint withUsability(Usability newUsability) {
        return new Endpoint(id, host, port, weight, locality, newUsability, hostname, pod);
    }

    /** The same endpoint with the name of the pod behind it. */
    public Endpoint withPod(@Nullable String newPod) {
        return new Endpoint(id, host, port, weight, locality, usability, hostname, newPod);
    }

    /** The same endpoint with a stable name inside its service. */
    public Endpoint withHostname(@Nullable String newHostname) {
        return new Endpoint(id, host, port, weight, locality, usability, newHostname, pod);
    }

    /** {@code host:port}, an IPv6 host in brackets. */
    public String address() {
        return hostAndPort(host, port);
    }

    /** What hash policies and the canonical order use: the stable name if there is one, else the address. */
    public String hashKey() {
        return hostname == null ? address() : hostname + ":" + port;
    }

    private static String hostAndPort(String host, int port) {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
