package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Locality;
import io.inmesh.api.Target;
import io.inmesh.resolver.kubernetes.client.Access;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.rule.ClientPlace;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process can find out about its place without asking the API: pure functions over injected looks at files, environment and
 * network interfaces.
 *
 * @param environment environment variables
 * @param readFile the text of a file, empty if it does not exist or cannot be read
 * @param contextNamespace the namespace of the current context of kubeconfig files, empty if it names none
 * @param hostFamilies the families that this host has addresses of, asked with every evaluation
 */
record Surroundings(
        Map<String, String> environment,
        Function<Path, Optional<String>> readFile,
        Function<List<Path>, Optional<String>> contextNamespace,
        Supplier<Set<AddressFamily>> hostFamilies) {

    private static final Path NAMESPACE = Access.ACCOUNT.resolve("namespace");
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    /** True if the files of rule R-1 exist. */
    boolean isPod() {
        return has(Access.TOKEN) && has(Access.CA);
    }

    /** True if the API is reached as the pod's own account, so that its cluster is the one that this pod runs in. */
    private boolean byAccount(KubernetesConfig config) {
        return config.masterUrl() == null
                && config.kubeconfig() == null
                && environment.get("KUBERNETES_SERVICE_HOST") != null
                && environment.get("KUBERNETES_SERVICE_PORT") != null
                && isPod();
    }

    /** What people should know who run in a pod and ask what may be another cluster: its pods count as routable all the same; empty otherwise. */
    Optional<String> doubtfulNetwork(KubernetesConfig config) {
        boolean doubtful = config.network() == KubernetesConfig.Network.AUTO && isPod() && !byAccount(config);
        return doubtful
                ? Optional.of(
                        "this process runs in a pod but does not reach the Kubernetes API as that pod's account: pod addresses"
                                + " are taken to be routable from here, as in its own cluster; say inmesh.kubernetes.network=inside"
                                + " (environment INMESH_KUBERNETES_NETWORK) if they are, and outside if it asks another cluster")
                : Optional.empty();
    }

    private boolean has(Path file) {
        return readFile.apply(file).isPresent();
    }

    /** How the API is reached; fails with what was looked for where, and what to do, if in no way. */
    Access access(KubernetesConfig config) {
        if (config.masterUrl() != null) {
            return new Access.Url(config.masterUrl().toString());
        }
        if (config.kubeconfig() != null) {
            if (!has(config.kubeconfig())) {
                throw KubernetesConfig.refusal("kubeconfig", config.kubeconfig(), "a file that exists and can be read");
            }
            return new Access.Kubeconfig(List.of(config.kubeconfig()));
        }
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        String port = environment.get("KUBERNETES_SERVICE_PORT");
        if (host != null && port != null && byAccount(config)) {
            return new Access.InPod(host, port);
        }
        List<Path> candidates = kubeconfigCandidates();
        List<Path> files = candidates.stream().filter(this::has).toList();
        if (!files.isEmpty()) {
            return new Access.Kubeconfig(files);
        }
        throw new IllegalStateException("no way to a Kubernetes API was found. Not in a pod: " + podIsMissing(host)
                + ". No kubeconfig: "
                + (candidates.isEmpty() ? "neither KUBECONFIG nor HOME is set" : candidates + " not found")
                + ". Run in a pod with a service account, or set KUBECONFIG or inmesh.kubernetes.kubeconfig to a kubeconfig,"
                + " or inmesh.kubernetes.master-url to an API server that asks for no credentials");
    }

    private String podIsMissing(@Nullable String host) {
        return host == null
                ? "KUBERNETES_SERVICE_HOST is not set"
                : Access.TOKEN + " or " + Access.CA + " cannot be read";
    }

    private List<Path> kubeconfigCandidates() {
        String listed = environment.get("KUBECONFIG");
        if (listed != null && !listed.isBlank()) {
            return Arrays.stream(listed.split(File.pathSeparator))
                    .filter(path -> !path.isBlank())
                    .map(Path::of)
                    .toList();
        }
        String home = environment.getOrDefault("HOME", environment.getOrDefault("USERPROFILE", ""));
        return home.isEmpty() ? List.of() : List.of(Path.of(home, ".kube", "config"));
    }

    /** The client's own namespace (rule N-7). */
    String namespace(KubernetesConfig config) {
        if (config.namespace() != null) {
            return config.namespace();
        }
        Optional<String> pod = text(environment.get("POD_NAMESPACE"))
                .or(() -> readFile.apply(NAMESPACE).flatMap(Surroundings::text));
        return pod.or(() -> kubeconfigNamespace(config)).orElse("default");
    }

    private Optional<String> kubeconfigNamespace(KubernetesConfig config) {
        List<Path> files = config.kubeconfig() != null ? List.of(config.kubeconfig()) : kubeconfigCandidates();
        List<Path> existing = files.stream().filter(this::has).toList();
        return config.masterUrl() != null || existing.isEmpty() ? Optional.empty() : contextNamespace.apply(existing);
    }

    /** The cluster's domain (rule N-6). */
    String clusterDomain(KubernetesConfig config) {
        if (config.clusterDomain() != null) {
            return config.clusterDomain();
        }
        return readFile.apply(RESOLV_CONF).flatMap(Surroundings::searchedDomain).orElse(Target.DEFAULT_CLUSTER_DOMAIN);
    }

    private static Optional<String> searchedDomain(String resolvConf) {
        return resolvConf
                .lines()
                .map(String::trim)
                .filter(line -> line.startsWith("search ") || line.startsWith("search\t"))
                .flatMap(line -> Arrays.stream(line.split("\\s+")).skip(1))
                .filter(domain -> domain.startsWith("svc.") && domain.length() > "svc.".length())
                .map(domain -> domain.substring("svc.".length()))
                .map(domain -> domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain)
                .findFirst();
    }

    /** What the rules ask of this client's place. */
    ClientPlace place(KubernetesConfig config) {
        AddressFamily family =
                switch (config.family()) {
                    case AUTO -> null;
                    case IPV4 -> AddressFamily.IPV4;
                    case IPV6 -> AddressFamily.IPV6;
                };
        return new ClientPlace(new Locality(config.nodeName(), config.zone()), outside(config), family, hostFamilies);
    }

    private @Nullable String outside(KubernetesConfig config) {
        return switch (config.network()) {
            case INSIDE -> null;
            case OUTSIDE -> "inmesh.kubernetes.network is outside";
            case AUTO ->
                isPod()
                        ? null
                        : "inmesh.kubernetes.network is auto, and there are no service account files in "
                                + Access.ACCOUNT;
        };
    }

    private static Optional<String> text(@Nullable String content) {
        return Optional.ofNullable(content).map(String::trim).filter(trimmed -> !trimmed.isEmpty());
    }
}
