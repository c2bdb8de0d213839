package io.inmesh.spring;

import io.inmesh.resolver.kubernetes.KubernetesConfig;
import io.inmesh.resolver.kubernetes.KubernetesReading;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties {@code inmesh.*}, but for {@code inmesh.defaults.*} and {@code inmesh.services.*}: those hold the keys that annotations and
 * code use too, so they are read by {@link ServiceProperties}.
 *
 * @param enabled Whether http://SERVICE.NAMESPACE/... goes to a pod. If not, no bean of inmesh exists.
 * @param startupWait How long a request waits, at most, for the first answer about its service.
 * @param closeWait How long the mesh waits, at most, for running requests when the application context closes, gRPC calls among them. After the
 *     web server's own graceful shutdown; zero for not at all.
 * @param kubernetes The cluster and this application's place in it. Nothing has to be said: in a pod everything is found there, outside
 *     the kubeconfig is read.
 * @param self This application as others see it, for what goes by the other callers of a service.
 * @param http HTTP clients that Boot builds: RestClient, RestTemplate, WebClient, HTTP interfaces.
 * @param warm Services that are asked for at start, before the first request needs them.
 * @param metrics Meters in the application's registry, where Micrometer is there.
 * @param observations Observations of calls and attempts, for traces, where Micrometer is there.
 * @param health Health indicator inmesh, where the actuator is there.
 * @param cloud Spring Cloud LoadBalancer on the mesh.
 */
@ConfigurationProperties(InmeshProperties.PREFIX)
public record InmeshProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("10s") Duration startupWait,
        @DefaultValue("0s") Duration closeWait,
        @DefaultValue Kubernetes kubernetes,
        @DefaultValue Self self,
        @DefaultValue Http http,
        @DefaultValue Warm warm,
        @DefaultValue Metrics metrics,
        @DefaultValue Observations observations,
        @DefaultValue Health health,
        @DefaultValue Cloud cloud) {

    static final String PREFIX = "inmesh";

    /**
     * Properties {@code inmesh.kubernetes.*}; see {@link KubernetesConfig} for what is found where nothing is said.
     *
     * @param namespace The application's own namespace, meant where a name has none. Found in the pod or the kubeconfig unless set.
     * @param clusterDomain The domain under which the cluster's names end. Found in the pod's /etc/resolv.conf, else cluster.local.
     * @param nodeName The node that this application runs on. Taken from environment NODE_NAME unless set.
     * @param zone The zone that this application runs in. Taken from environment NODE_ZONE or from the Node unless set.
     * @param network Whether addresses of pods can be reached from here.
     * @param family Which IP family to use where a service has both.
     * @param kubeconfig The kubeconfig to read, even in a pod.
     * @param masterUrl Address of an API server that is used without credentials, as with kubectl proxy and in tests.
     * @param source Which objects endpoints come from. Endpoints are the deprecated ones.
     * @param hints Which topology hints are followed.
     * @param headlessHints Which topology hints are followed for headless services.
     * @param podWeights Where weights of pods come from: off, annotation (inmesh.io/weight) or the name of a label.
     * @param watchSilence After how long without a sign of life a watch is given up and resumed.
     * @param singleWatches Up to how many services of a namespace have watches of their own; above it one serves all.
     * @param lookupInterval How often the addresses behind an external name are looked up again.
     * @param snapshots A directory that keeps the last known endpoints for a start while the API is down.
     */
    public record Kubernetes(
            @Nullable String namespace,
            @Nullable String clusterDomain,
            @Nullable String nodeName,
            @Nullable String zone,
            @DefaultValue("auto") KubernetesConfig.Network network,
            @DefaultValue("auto") KubernetesConfig.Family family,
            @Nullable Path kubeconfig,
            @Nullable URI masterUrl,
            @DefaultValue("auto") KubernetesReading.Source source,
            @DefaultValue("nodes-and-zones") KubernetesReading.Hints hints,
            @DefaultValue("none") KubernetesReading.Hints headlessHints,
            @DefaultValue(KubernetesReading.NO_WEIGHTS) String podWeights,
            @DefaultValue("75s") Duration watchSilence,
            @DefaultValue("8") int singleWatches,
            @DefaultValue("30s") Duration lookupInterval,
            @Nullable Path snapshots) {}

    /**
     * Properties {@code inmesh.self.*}.
     *
     * @param service The service that this application's pods belong to, such as checkout.shop:http. Needed by zone-aware balancing and by
     *     subsets that go by rank; watched only while one of them is in use.
     */
    public record Self(@Nullable String service) {}

    /**
     * Properties {@code inmesh.http.*}.
     *
     * @param enabled Whether HTTP clients that Boot builds send requests to hosts that are services to pods. If not, they are as they would be
     *     without inmesh, and everything else stays.
     * @param exclude Hosts of URLs that are left to the HTTP client, whatever the cluster has, with * for any characters but dots, as in *.legacy;
     *     legacy.shop means legacy.shop.svc and longer spellings too.
     * @param excludeGroups Groups of HTTP interfaces, as in spring.http.serviceclient.NAME, whose clients are as they would be without inmesh.
     */
    public record Http(
            @DefaultValue("true") boolean enabled,
            @DefaultValue List<String> exclude,
            @DefaultValue List<String> excludeGroups) {}

    /**
     * Properties {@code inmesh.warm.*}.
     *
     * @param targets What to ask for at start, as in orders.shop or orders.shop:http; watched as long as the application runs.
     * @param forAtMost How long start-up waits for the answers. What is not known by then is said in the log, and the application starts.
     */
    public record Warm(
            @DefaultValue List<String> targets,
            @DefaultValue("5s") Duration forAtMost) {}

    /**
     * Properties {@code inmesh.metrics.*}.
     *
     * @param enabled Whether meters inmesh.* are registered.
     * @param latency Whether every attempt is timed, which costs two readings of the clock. Whole requests are timed by the client already.
     * @param endpoints Whether there are meters for each endpoint, which multiplies their number by that of the pods.
     */
    public record Metrics(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("false") boolean latency,
            @DefaultValue("false") boolean endpoints) {}

    /**
     * Properties {@code inmesh.observations.*}.
     *
     * @param enabled Whether calls and attempts are observed as inmesh.client.call and inmesh.client.attempt.
     */
    public record Observations(@DefaultValue("true") boolean enabled) {}

    /**
     * Properties {@code inmesh.health.*}.
     *
     * @param staleAfter After how long without a sign of life what is known of a service counts as stale: UNKNOWN, never DOWN.
     * @param required Services without which this application cannot work, * for all in use. While one that is in use has no endpoint,
     *     health is DOWN; of others it is UNKNOWN.
     */
    public record Health(
            @DefaultValue("5m") Duration staleAfter,
            @DefaultValue List<String> required) {}

    /**
     * Properties {@code inmesh.cloud.*}.
     *
     * @param enabled Whether Spring Cloud LoadBalancer, if it is there, chooses pods by the mesh.
     * @param https Whether https through Spring Cloud LoadBalancer goes to addresses of pods, against which certificates are checked then.
     * @param refresh Whether inmesh.defaults.* and inmesh.services.* are taken over again when Spring Cloud changes the environment.
     */
    public record Cloud(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("false") boolean https,
            @DefaultValue("true") boolean refresh) {}
}
