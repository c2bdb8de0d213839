package io.inmesh.resolver.kubernetes.object;

import io.inmesh.api.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where a Service can be reached from outside (rules S-20 to S-28). */
final class ExposureReader {
    private static final String PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name"; // Rule S-7.

    private ExposureReader() {}

    static ServiceExposure read(Fields object) {
        Fields spec = object.object("spec");
        return new ServiceExposure(
                ServiceType.named(spec.text("type")),
                clusterIps(spec),
                canonical(spec.texts("externalIPs")),
                balancer(object.object("status").object("loadBalancer")),
                TrafficPolicy.named(spec.text("externalTrafficPolicy")),
                spec.number("healthCheckNodePort", 0),
                sourceRanges(spec),
                proxyName(object.object("metadata").object("labels")));
    }

    /** Kube-proxy asks whether the label is there, so an empty one counts as well. */
    private static @Nullable String proxyName(Fields labels) {
        return labels.has(PROXY_NAME_LABEL) ? labels.text(PROXY_NAME_LABEL, "") : null;
    }

    /** {@code clusterIP} repeats the first of {@code clusterIPs}, and stands alone in objects of old servers. */
    private static List<String> clusterIps(Fields spec) {
        List<String> all = canonical(spec.texts("clusterIPs"));
        return all.isEmpty() ? canonical(List.of(spec.text("clusterIP", ""))) : all;
    }

    private static List<String> canonical(List<String> addresses) {
        return addresses.stream()
                .flatMap(address -> AddressFamily.canonicalOfAny(address).stream())
                .distinct()
                .toList();
    }

    private static List<BalancerAddress> balancer(Fields status) {
        List<BalancerAddress> entries = new ArrayList<>();
        for (Fields entry : status.objects("ingress")) {
            Optional<String> ip = AddressFamily.canonicalOfAny(entry.text("ip", ""));
            String hostname = entry.text("hostname");
            if (ip.isPresent() || hostname != null) {
                boolean virtual = !"Proxy".equals(entry.text("ipMode")); // Absent means VIP (rule S-22).
                entries.add(new BalancerAddress(ip.orElse(null), hostname, virtual, failures(entry)));
            }
        }
        return entries;
    }

    private static List<BalancerAddress.Failure> failures(Fields entry) {
        List<BalancerAddress.Failure> failures = new ArrayList<>();
        for (Fields port : entry.objects("ports")) {
            String error = port.text("error");
            Optional<Protocol> protocol = Protocol.named(port.text("protocol", "TCP"));
            if (error != null && protocol.isPresent()) {
                failures.add(new BalancerAddress.Failure(port.number("port", 0), protocol.get(), error));
            }
        }
        return failures;
    }

    /** Rule S-26: entries may be padded, and a prefix of no length admits everybody, whatever stands beside it. */
    private static List<String> sourceRanges(Fields spec) {
        List<String> ranges = spec.texts("loadBalancerSourceRanges").stream()
                .map(String::strip)
                .filter(range -> !range.isEmpty())
                .toList();
        return ranges.stream().anyMatch(range -> range.endsWith("/0")) ? List.of() : ranges;
    }
}
