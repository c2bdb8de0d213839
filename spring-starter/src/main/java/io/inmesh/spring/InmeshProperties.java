package io.inmesh.spring;

import io.inmesh.resolver.kubernetes.KubernetesConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties {@code inmesh.*}, but for {@code inmesh.defaults.*} and {@code inmesh.services.*}: those hold the keys that annotations and
 * code use too, so they are read by {@link ServiceProperties}.
 *
 * @param enabled Whether http://SERVICE.NAMESPACE/... goes to a pod. If not, no bean of inmesh exists.
 * @param startupWait How long a request waits, at most, for the first answer about its service.
 * @param kubernetes The cluster and this application's place in it. Nothing has to be said: in a pod everything is found there, outside
 *     the kubeconfig is read.
 */
@ConfigurationProperties(InmeshProperties.PREFIX)
public record InmeshProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("10s") Duration startupWait,
        @DefaultValue Kubernetes kubernetes) {

    static final String PREFIX = "inmesh";

    /**
     * Properties {@code inmesh.kubernetes.*}; see {@link KubernetesConfig} for what is found where nothing is said.
     *
     * @param namespace The application's own namespace, meant where a name has none. Found in the pod or the kubeconfig unless set.
     * @param clusterDomain The domain under which the cluster's names end. Found in the pod's /etc/resolv.conf, else cluster.local.
     * @param nodeName The node that this application runs on. Taken from environment NODE_NAME unless set.
     * @param zone The zone that this application runs in.
     * @param network Whether addresses of pods can be reached from here.
     * @param family Which IP family to use where a service has both.
     * @param kubeconfig The kubeconfig to read, even in a pod.
     * @param masterUrl Address of an API server that is used without credentials, as with kubectl proxy and in tests.
     */
    public record Kubernetes(
            @Nullable String namespace,
            @Nullable String clusterDomain,
            @Nullable String nodeName,
            @Nullable String zone,
            @DefaultValue("auto") KubernetesConfig.Network network,
            @DefaultValue("auto") KubernetesConfig.Family family,
            @Nullable Path kubeconfig,
            @Nullable URI masterUrl) {}

    /**
     * The shape of {@code inmesh.services.NAME.*}, for those who complete properties; {@link ServiceProperties} reads them.
     *
     * @param policy The balancing policy.
     * @param port The service port to use where a URL names none, by number or name.
     */
    public record Service(@Nullable String policy, @Nullable String port) {}
}
