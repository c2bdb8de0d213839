package io.inmesh.resolver.kubernetes.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.api.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads where a Service can be reached from outside (rules S-20 to S-28). */
final class ExposureReader {
    private static final String PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name"; // Rule S-7.

    private ExposureReader() {}

    static ServiceExposure read(JsonNode object) {
        JsonNode spec = object.path("spec");
        return new ServiceExposure(
                ServiceType.named(Json.text(spec, "type")),
                clusterIps(spec),
                canonical(Json.texts(spec, "externalIPs")),
                balancer(object.path("status").path("loadBalancer")),
                TrafficPolicy.named(Json.text(spec, "externalTrafficPolicy")),
                spec.path("healthCheckNodePort").asInt(0),
                sourceRanges(spec),
                Json.text(object.path("metadata").path("labels"), PROXY_NAME_LABEL));
    }

    /** {@code clusterIP} repeats the first of {@code clusterIPs}, and stands alone in objects of old servers. */
    private static List<String> clusterIps(JsonNode spec) {
        List<String> all = canonical(Json.texts(spec, "clusterIPs"));
        return all.isEmpty() ? canonical(List.of(Json.text(spec, "clusterIP", ""))) : all;
    }

    private static List<String> canonical(List<String> addresses) {
        return addresses.stream()
                .flatMap(address -> AddressFamily.canonicalOfAny(address).stream())
                .distinct()
                .toList();
    }

    private static List<BalancerAddress> balancer(JsonNode status) {
        List<BalancerAddress> entries = new ArrayList<>();
        for (JsonNode entry : Json.list(status, "ingress")) {
            Optional<String> ip = AddressFamily.canonicalOfAny(Json.text(entry, "ip", ""));
            String hostname = Json.text(entry, "hostname");
            if (ip.isPresent() || hostname != null) {
                boolean virtual = !"Proxy".equals(Json.text(entry, "ipMode")); // Absent means VIP (rule S-22).
                entries.add(new BalancerAddress(ip.orElse(null), hostname, virtual, failures(entry)));
            }
        }
        return entries;
    }

    private static List<BalancerAddress.Failure> failures(JsonNode entry) {
        List<BalancerAddress.Failure> failures = new ArrayList<>();
        for (JsonNode port : Json.list(entry, "ports")) {
            String error = Json.text(port, "error");
            Optional<Protocol> protocol = Protocol.named(Json.text(port, "protocol", "TCP"));
            if (error != null && protocol.isPresent()) {
                failures.add(new BalancerAddress.Failure(port.path("port").asInt(), protocol.get(), error));
            }
        }
        return failures;
    }

    /** Rule S-26: entries may be padded, and a prefix of no length admits everybody, whatever stands beside it. */
    private static List<String> sourceRanges(JsonNode spec) {
        List<String> ranges = Json.texts(spec, "loadBalancerSourceRanges").stream()
                .map(String::strip)
                .filter(range -> !range.isEmpty())
                .toList();
        return ranges.stream().anyMatch(range -> range.endsWith("/0")) ? List.of() : ranges;
    }
}
