package io.inmesh.spring;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A proxy of a service mesh beside this process. It has a container of its own, whose files and variables this process does not see; but all containers
 * of a pod share a network, and there such proxies listen on ports that are theirs. Some meshes, and some ways to inject them, leave files and variables
 * here too. Behind one, two parties balance: requests that inmesh sends to a pod are balanced, repeated and counted once more.
 *
 * @param mesh whose it is
 * @param sign what gave it away
 */
record Sidecar(String mesh, String sign) {
    private static final Map<String, String> PREFIXES =
            Map.of("ISTIO_META_", "Istio", "LINKERD2_PROXY_", "Linkerd", "LINKERD_", "Linkerd");

    private static final Map<Path, String> FILES = Map.of(
            Path.of("/etc/istio/proxy"),
            "Istio",
            Path.of("/var/run/secrets/workload-spiffe-uds/socket"),
            "Istio",
            Path.of("/var/run/linkerd/identity"),
            "Linkerd");

    /**
     * Where traffic out of the pod is taken over, and another port of the same proxy, by the documentation of Istio and of Linkerd. Istio's ambient mode
     * listens on 15001 and 15006 in the pod's network too, and balances nothing there; it has no 15090, where Envoy tells its figures.
     */
    private static final Map<String, List<Integer>> PORTS =
            Map.of("Istio", List.of(15001, 15090), "Linkerd", List.of(4140, 4143));

    /** What the kubelet sets for a Service whose name begins so: LINKERD_DST_SERVICE_HOST, LINKERD_DST_PORT_80_TCP ... */
    private static final Pattern SERVICE_LINK = Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)");

    /**
     * The one that is there, if any.
     *
     * @param variables names of environment variables
     * @param exists whether there is a file or directory
     * @param listening ports on which somebody listens in this pod
     */
    static Optional<Sidecar> find(Set<String> variables, Predicate<Path> exists, Set<Integer> listening) {
        for (String variable : variables.stream().sorted().toList()) {
            if (SERVICE_LINK.matcher(variable).matches()) {
                continue;
            }
            for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
                if (variable.startsWith(prefix.getKey())) {
                    return Optional.of(new Sidecar(prefix.getValue(), "environment variable " + variable));
                }
            }
        }
        Optional<Sidecar> byFile = FILES.entrySet().stream()
                .filter(file -> exists.test(file.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .map(file -> new Sidecar(file.getValue(), "file " + file.getKey()))
                .findFirst();
        return byFile.or(() -> byPorts(listening));
    }

    /** By both ports of one: a single one may be anybody's. */
    private static Optional<Sidecar> byPorts(Set<Integer> listening) {
        return PORTS.entrySet().stream()
                .filter(ports -> listening.containsAll(ports.getValue()))
                .map(ports -> new Sidecar(
                        ports.getKey(),
                        "somebody listens on ports " + ports.getValue().get(0) + " and "
                                + ports.getValue().get(1)))
                .min(Comparator.comparing(Sidecar::mesh));
    }

    /** What to say of it, once. */
    String warning() {
        return "a sidecar of " + mesh + " seems to stand beside this application (" + sign
                + "): it balances and repeats once"
                + " more what inmesh sends to a pod, and its policies see pods instead of services; exclude outbound traffic"
                + " from it, run this pod without it, or switch inmesh off (inmesh.enabled=false)";
    }
}
