package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.Endpoint;
import io.inmesh.api.EndpointSet;
import io.inmesh.api.Protocol;
import io.inmesh.api.ServiceFacts;
import io.inmesh.api.ServiceKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Samples of what is kept. */
final class Kept {
    /** Before any file of a test was made: to the sweep all of them are new. */
    static final Instant MORNING = Instant.parse("2020-03-01T08:00:00Z");

    static final SnapshotTarget ORDERS = target("orders", "http");

    private Kept() {}

    static SnapshotTarget target(String service, String port) {
        return SnapshotTarget.of(
                "http://api.test", Map.of("service", service, "namespace", "shop", "port", port, "node", "node-1"));
    }

    /** A live set of these hosts. */
    static EndpointSet set(String... hosts) {
        List<Endpoint> endpoints =
                Stream.of(hosts).map(host -> Endpoint.of(host, 8080)).toList();
        return EndpointSet.of(
                ServiceFacts.of(new ServiceKey("k8s", "shop", "orders", "http", Protocol.TCP)), 7, endpoints);
    }

    static List<String> hosts(EndpointSet set) {
        return set.endpoints().stream().map(Endpoint::host).toList();
    }
}
