package io.inmesh.resolver.kubernetes;

import io.inmesh.api.Target;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can be said about the cluster and this client's place in it. Nothing has to be: in a pod everything is found there, outside
 * the kubeconfig is read. {@code null} stands for "find it yourself", as each component describes.
 *
 * <p>Begin with {@link #DEFAULT} and say only what is different; the constructor takes all components, and takes more when there are
 * more.
 *
 * <pre>{@code
 * KubernetesConfig config = KubernetesConfig.DEFAULT
 *         .withNamespace("shop")
 *         .withPlace("node-1", "zone-a")
 *         .withReading(KubernetesReading.DEFAULT.withSource(KubernetesReading.Source.ENDPOINTSLICES))
 *         .withWatching(KubernetesWatching.DEFAULT
 *                 .withWatchSilence(Duration.ofSeconds(90))
 *                 .withSnapshots(Path.of("/var/cache/shop/endpoints")));
 * }</pre>
 *
 * <p>Each component is also the system property {@code inmesh.kubernetes.<key>} and the environment variable {@code
 * INMESH_KUBERNETES_<KEY>}, in the spelling {@code cluster-domain} and {@code CLUSTER_DOMAIN}.
 *
 * @param namespace the client's own namespace, meant where a target names none. Default: the first of environment {@code
 *     POD_NAMESPACE}, the service account's namespace file, the kubeconfig's current context, {@code default} (rule N-7)
 * @param clusterDomain the domain under which the cluster's names end. Default: that of a {@code svc.<domain>} entry of the search list
 *     in {@code /etc/resolv.conf}, else {@code cluster.local} (rule N-6)
 * @param nodeName the node this client runs on. Default: environment {@code NODE_NAME}, else unknown (rule L-8)
 * @param zone the zone this client runs in. Default: environment {@code NODE_ZONE}, which the downward API can fill from the pod's label
 *     {@code topology.kubernetes.io/zone}; else, where hints for zones are there to be followed, the label of that name of the client's
 *     Node, if that may be read; else unknown (rule T-10)
 * @param network whether pod addresses can be reached from here. Default: {@link Network#AUTO}
 * @param family which of a dual-stack service's families to use. Default: {@link Family#AUTO}
 * @param kubeconfig the kubeconfig to read, even in a pod. Default: in a pod none, outside those that environment {@code KUBECONFIG}
 *     lists, else {@code ~/.kube/config} (rule R-7)
 * @param masterUrl the API server's address, to be used without credentials: for tests and for {@code kubectl proxy}. Default: what
 *     the pod or the kubeconfig says
 * @param reading what is read and how it is understood. Its keys stand beside the others, without a prefix
 * @param watching how it is kept known; likewise
 */
public record KubernetesConfig(
        @Nullable String namespace,
        @Nullable String clusterDomain,
        @Nullable String nodeName,
        @Nullable String zone,
        Network network,
        Family family,
        @Nullable Path kubeconfig,
        @Nullable URI masterUrl,
        KubernetesReading reading,
        KubernetesWatching watching) {

    /** Nothing said: everything is found. */
    public static final KubernetesConfig DEFAULT = new KubernetesConfig(
            null,
            null,
            null,
            null,
            Network.AUTO,
            Family.AUTO,
            null,
            null,
            KubernetesReading.DEFAULT,
            KubernetesWatching.DEFAULT);

    private static final int MAX_LABEL = 63;
    private static final int MAX_DOMAIN = 253;

    /** Whether pod addresses are routable from here (rules S-20, S-28). */
    public enum Network {
        /** {@link #INSIDE} if the service account's files exist, else {@link #OUTSIDE}. */
        AUTO,
        /** They are: endpoints come from EndpointSlices. */
        INSIDE,
        /** They are not. */
        OUTSIDE
    }

    /** Which IP family to use where a service has both (rule F-4). */
    public enum Family {
        /** The service's primary family if this host has an address of it, else the other if both have it, else the primary. */
        AUTO,
        /** IPv4 wherever the service has it. */
        IPV4,
        /** IPv6 wherever the service has it. */
        IPV6
    }

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException naming key, value and expectation
     */
    public KubernetesConfig {
        checkDomain("namespace", namespace, 1);
        checkDomain("cluster-domain", clusterDomain, MAX_DOMAIN);
        checkNotBlank("node-name", nodeName);
        checkNotBlank("zone", zone);
        if (masterUrl != null
                && (masterUrl.getHost() == null || !Set.of("http", "https").contains(masterUrl.getScheme()))) {
            throw refusal("master-url", masterUrl, "http:// or https:// and a host, as in http://127.0.0.1:8001");
        }
        if (masterUrl != null && kubeconfig != null) {
            throw new IllegalArgumentException("inmesh.kubernetes.master-url: " + masterUrl
                    + " and inmesh.kubernetes.kubeconfig: " + kubeconfig
                    + " (expected: one of them, each names an API server)");
        }
    }

    /**
     * Reads system properties, then environment variables; the first that has a key wins. Variables of the conventions that pods follow,
     * {@code NODE_NAME} and {@code NODE_ZONE} among them, come after both.
     *
     * @param properties system properties; an unknown key under {@code inmesh.kubernetes.} is refused
     * @param environment environment variables
     * @throws IllegalArgumentException naming key, value and expectation
     */
    public static KubernetesConfig fromEnvironment(Map<String, String> properties, Map<String, String> environment) {
        return new ConfigReader(properties, environment).read();
    }

    /** The same with another own namespace. */
    public KubernetesConfig withNamespace(@Nullable String newNamespace) {
        return new KubernetesConfig(
                newNamespace, clusterDomain, nodeName, zone, network, family, kubeconfig, masterUrl, reading, watching);
    }

    /** The same with another cluster domain. */
    public KubernetesConfig withClusterDomain(@Nullable String newDomain) {
        return new KubernetesConfig(
                namespace, newDomain, nodeName, zone, network, family, kubeconfig, masterUrl, reading, watching);
    }

    /** The same at another place. */
    public KubernetesConfig withPlace(@Nullable String newNodeName, @Nullable String newZone) {
        return new KubernetesConfig(
                namespace,
                clusterDomain,
                newNodeName,
                newZone,
                network,
                family,
                kubeconfig,
                masterUrl,
                reading,
                watching);
    }

    /** The same with another word on the network. */
    public KubernetesConfig withNetwork(Network newNetwork) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, newNetwork, family, kubeconfig, masterUrl, reading, watching);
    }

    /** The same with another word on families. */
    public KubernetesConfig withFamily(Family newFamily) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, network, newFamily, kubeconfig, masterUrl, reading, watching);
    }

    /** The same with another kubeconfig. */
    public KubernetesConfig withKubeconfig(@Nullable Path newKubeconfig) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, network, family, newKubeconfig, masterUrl, reading, watching);
    }

    /** The same with another API server, used without credentials. */
    public KubernetesConfig withMasterUrl(@Nullable URI newMasterUrl) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, network, family, kubeconfig, newMasterUrl, reading, watching);
    }

    /** The same, read in another way. */
    public KubernetesConfig withReading(KubernetesReading newReading) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, network, family, kubeconfig, masterUrl, newReading, watching);
    }

    /** The same, watched in another way. */
    public KubernetesConfig withWatching(KubernetesWatching newWatching) {
        return new KubernetesConfig(
                namespace, clusterDomain, nodeName, zone, network, family, kubeconfig, masterUrl, reading, newWatching);
    }

    private static void checkNotBlank(String key, @Nullable String value) {
        if (value != null && value.isBlank()) {
            throw refusal(key, value, "a name, or nothing at all for unknown");
        }
    }

    private static void checkDomain(String key, @Nullable String value, int maxLabels) {
        if (value == null) {
            return;
        }
        String[] labels = value.split("\\.", -1);
        boolean good = labels.length <= maxLabels && value.length() <= MAX_DOMAIN;
        for (String label : labels) {
            good &= isLabel(label);
        }
        if (!good) {
            String example =
                    maxLabels == 1 ? "one DNS label, as in shop" : "a domain, as in " + Target.DEFAULT_CLUSTER_DOMAIN;
            throw refusal(key, value, example + ": a-z, 0-9 and '-', at most " + MAX_LABEL + " characters a label");
        }
    }

    private static boolean isLabel(String label) {
        return !label.isEmpty()
                && label.length() <= MAX_LABEL
                && !label.startsWith("-")
                && !label.endsWith("-")
                && label.equals(label.toLowerCase(Locale.ROOT))
                && label.chars().allMatch(c -> c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    static IllegalArgumentException refusal(String key, Object value, String expectation) {
        return new IllegalArgumentException(
                ConfigReader.PROPERTY_PREFIX + key + ": '" + value + "' (expected: " + expectation + ")");
    }
}
