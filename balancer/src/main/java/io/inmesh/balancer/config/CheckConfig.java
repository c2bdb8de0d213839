package io.inmesh.balancer.config;

import java.time.Duration;
import java.util.List;

/**
 * Whether endpoints are asked, besides the requests they get, if they are well. Keys {@code check.*}. Off unless said: the cluster asks already, by its
 * readiness probes, and requests tell the rest. Worth it where no readiness probe exists, or where this process may be cut off from a pod that its node
 * can reach.
 *
 * <p>Each process asks each endpoint that it uses. What is asked goes to the endpoint's own address and port, without TLS.
 *
 * @param mode how they are asked
 * @param interval time from one question to the next, a tenth more or less by lot, so that processes do not ask in step; from 100 ms, default 10 s
 * @param timeout how long an answer may take, at most the interval; default 1 s
 * @param unhealthyAfter how many bad answers in a row take an endpoint out; default 3
 * @param healthyAfter how many good answers in a row bring it back; default 2
 * @param path what {@link Mode#HTTP} asks for, beginning with a slash; default {@code /}
 * @param service which of the endpoint's services {@link Mode#GRPC} asks for; default the whole server
 */
public record CheckConfig(
        Mode mode,
        Duration interval,
        Duration timeout,
        int unhealthyAfter,
        int healthyAfter,
        String path,
        String service) {

    // Before what is built from them.
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Nobody is asked. */
    public static final CheckConfig OFF =
            new CheckConfig(Mode.OFF, Duration.ofSeconds(10), Duration.ofSeconds(1), 3, 2, "/", "");

    /** The room's name, before each of its keys. */
    static final String ROOM = "check";

    private static final String MODE = "mode";
    private static final String INTERVAL = "interval";
    private static final String TIMEOUT = "timeout";
    private static final String UNHEALTHY_AFTER = "unhealthy-after";
    private static final String HEALTHY_AFTER = "healthy-after";
    private static final String PATH = "path";
    private static final String SERVICE = "service";

    /** Its keys, without the room's name. */
    static final List<String> KEYS = List.of(MODE, INTERVAL, TIMEOUT, UNHEALTHY_AFTER, HEALTHY_AFTER, PATH, SERVICE);

    private static final int MOST = 100;

    /** How an endpoint is asked. */
    public enum Mode {
        /** It is not. */
        OFF,
        /** By a connection, which is closed at once. */
        TCP,
        /** By GET of a path: a status from 200 to 399 is well, as for the kubelet. */
        HTTP,
        /** By the gRPC health checking protocol: SERVING is well, and so is a server that does not know the protocol, as for gRPC's own clients. */
        GRPC
    }

    /** Checks the ranges, and that they agree. */
    public CheckConfig {
        if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
            throw refusal(INTERVAL, interval, "from 100ms to 24h");
        }
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
            throw refusal(
                    TIMEOUT, timeout, "above zero, and at most " + ROOM + "." + INTERVAL + ", which is " + interval);
        }
        Ranges.check(ROOM, UNHEALTHY_AFTER, unhealthyAfter, 1, MOST);
        Ranges.check(ROOM, HEALTHY_AFTER, healthyAfter, 1, MOST);
        if (!path.startsWith("/") || path.chars().anyMatch(each -> each <= ' ' || each > '~' || each == '#')) {
            throw refusal(
                    PATH,
                    "'" + path + "'",
                    "a path that begins with /, as it stands in a request, such as /healthz?full=1");
        }
        if (mode != Mode.HTTP && !path.equals("/")) {
            throw refusal(PATH, "'" + path + "'", "none unless " + ROOM + "." + MODE + " is http");
        }
        if (mode != Mode.GRPC && !service.isEmpty()) {
            throw refusal(SERVICE, "'" + service + "'", "none unless " + ROOM + "." + MODE + " is grpc");
        }
    }

    private static IllegalArgumentException refusal(String key, Object value, String expected) {
        return new IllegalArgumentException(ROOM + "." + key + ": " + value + " (expected: " + expected + ")");
    }

    /** Reads what is said, the defaults for the rest. */
    static CheckConfig of(PolicySettings said) {
        return new CheckConfig(
                said.choice(MODE, OFF.mode),
                said.duration(INTERVAL, OFF.interval),
                said.duration(TIMEOUT, OFF.timeout),
                said.whole(UNHEALTHY_AFTER, OFF.unhealthyAfter, 1, MOST),
                said.whole(HEALTHY_AFTER, OFF.healthyAfter, 1, MOST),
                said.text(PATH, OFF.path),
                said.text(SERVICE, OFF.service));
    }
}
