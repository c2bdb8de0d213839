package io.inmesh.resolver.kubernetes;

import io.inmesh.api.InvalidTargetException;
import io.inmesh.api.Locality;
import io.inmesh.api.PodsTarget;
import io.inmesh.api.Resolver;
import io.inmesh.api.ResolverProvider;
import io.inmesh.api.ServiceTarget;
import io.inmesh.api.Target;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.client.Access;
import io.inmesh.resolver.kubernetes.client.AccessReader;
import io.inmesh.resolver.kubernetes.client.ApiClient;
import io.inmesh.resolver.kubernetes.feed.Feeds;
import io.inmesh.resolver.kubernetes.feed.Keepers;
import io.inmesh.resolver.kubernetes.feed.Lookup;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.object.LabelSelector;
import io.inmesh.resolver.kubernetes.object.ObjectName;
import io.inmesh.resolver.kubernetes.rule.ClientRules;
import io.inmesh.resolver.kubernetes.rule.PodQuestion;
import io.inmesh.resolver.kubernetes.rule.Question;
import io.inmesh.resolver.kubernetes.rule.ServiceQuestion;
import io.inmesh.resolver.kubernetes.rule.Wanted;
import io.inmesh.resolver.kubernetes.watch.WatchConfig;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The scheme {@code k8s}: endpoints come from the Services and EndpointSlices of a cluster. In a pod it needs no configuration,
 * outside it reads the kubeconfig; {@link KubernetesConfig} says what can be said.
 *
 * <pre>{@code
 * ResolverProvider provider = new KubernetesResolverProvider(KubernetesConfig.DEFAULT.withNamespace("shop"));
 * Resolver orders = provider.newResolver(provider.parse("orders:http"), context);
 * }</pre>
 *
 * <p>The client's rights: {@code list} and {@code watch} on {@code services} and {@code endpointslices} in every namespace that is
 * called into; nothing is ever written.
 *
 * <p>Threads: any. Resolvers of one service share its watch; {@link #close()} ends them all, and the client. Only where {@link
 * KubernetesWatching#snapshots()} are kept it may wait, 2 s at most, until the last of them are written.
 */
public final class KubernetesResolverProvider implements ResolverProvider {
    private final Supplier<KubernetesConfig> configuration;
    private final Surroundings surroundings;

    // All below are guarded by this.
    private @Nullable KubernetesConfig config;
    private @Nullable String clusterDomain;
    private @Nullable Reach reach;
    private boolean closed;

    /** What resolvers share, made for the first of them. */
    private record Reach(
            ApiClient api,
            Scheduler lookups,
            Feeds feeds,
            String namespace,
            ClientRules rules,
            @Nullable EarlierLives earlier) {

        Resolver resolver(Question question, Context context) {
            return earlier == null
                    ? new KubernetesResolver(question, feeds, context)
                    : new KubernetesResolver(question, feeds, context, earlier.use(question));
        }

        void close() {
            feeds.close();
            if (earlier != null) {
                earlier.close();
            }
            api.close();
            lookups.close();
        }
    }

    /**
     * For the service loader: reads system properties and environment as {@link KubernetesConfig} describes, with the first use, so that
     * a bad one hinders nobody who only loads this class.
     */
    public KubernetesResolverProvider() {
        this(() -> KubernetesConfig.fromEnvironment(properties(), System.getenv()), thisMachine());
    }

    /** With a configuration of one's own; system properties and {@code INMESH_} variables are not read. */
    public KubernetesResolverProvider(KubernetesConfig config) {
        this(() -> config, thisMachine());
    }

    KubernetesResolverProvider(Supplier<KubernetesConfig> configuration, Surroundings surroundings) {
        this.configuration = configuration;
        this.surroundings = surroundings;
    }

    @Override
    public String scheme() {
        return Target.KUBERNETES;
    }

    /**
     * Reads a target under the configured cluster domain.
     *
     * @throws InvalidTargetException for a text that names nothing, and for pods by what the API server would not take for a selector
     * @throws IllegalArgumentException if a system property or variable says something that cannot be
     */
    @Override
    public Target parse(String text) {
        Target target = Target.parse(text, clusterDomain());
        if (target instanceof PodsTarget pods) {
            checkSelector(pods);
        }
        return target;
    }

    /** Rule I-1: what the server would only ever refuse is refused at once, and costs no watch. */
    private static void checkSelector(PodsTarget pods) {
        if (LabelSelector.parse(pods.selector()).isEmpty()) {
            throw new InvalidTargetException("pods '" + pods.selector()
                    + "' (expected: a label selector that the Kubernetes API understands, such as app=orders,"
                    + " app!=orders, tier in (web, api), tier notin (web), canary, !canary, size>2 or several of them"
                    + " with commas between)");
        }
    }

    private synchronized String clusterDomain() {
        if (clusterDomain == null) {
            clusterDomain = surroundings.clusterDomain(config());
        }
        return clusterDomain;
    }

    /** The node and zone that are configured or that the downward API tells (rules L-8, T-10). */
    @Override
    public Locality place() {
        KubernetesConfig said = config();
        return new Locality(said.nodeName(), said.zone());
    }

    private synchronized KubernetesConfig config() {
        if (config == null) {
            config = configuration.get();
        }
        return config;
    }

    /**
     * Makes a resolver, not yet started. Asks the API nothing.
     *
     * @throws InvalidTargetException for targets of other schemes, and as {@link #parse} says
     * @throws IllegalStateException if no way to an API server is known: what was looked for where, and what to do
     * @throws IllegalArgumentException if a system property or variable says something that cannot be
     */
    @Override
    public Resolver newResolver(Target target, Context context) {
        if (target instanceof PodsTarget pods) {
            checkSelector(pods);
            Reach shared = reach();
            String namespace = pods.namespace() == null ? shared.namespace() : pods.namespace();
            return shared.resolver(new PodQuestion(pods, namespace, shared.rules()), context);
        }
        if (!(target instanceof ServiceTarget service)) {
            throw new InvalidTargetException("target '" + target + "': its scheme is " + target.scheme()
                    + " (expected: k8s:///SERVICE.NAMESPACE:PORT)");
        }
        Reach shared = reach();
        String said = service.name().namespace();
        ObjectName name = new ObjectName(
                said == null ? shared.namespace() : said, service.name().service());
        Wanted wanted = new Wanted(name, service.name().host(), service.port(), service.protocol());
        return shared.resolver(new ServiceQuestion(wanted, shared.rules()), context);
    }

    private synchronized Reach reach() {
        if (closed) {
            throw new IllegalStateException("the resolver provider of scheme k8s is closed (expected: an open one)");
        }
        Reach known = reach;
        if (known == null) {
            KubernetesConfig said = config();
            Access access = surroundings.access(said);
            String namespace = surroundings.namespace(said);
            ClientRules rules = ReadingRules.of(said.reading(), surroundings.place(said), clusterDomain());
            ApiClient api = new ApiClient(
                    access); // Last: what fails before leaves nothing to close, and nothing is kept of it.
            Scheduler lookups = Scheduler.system("inmesh-lookup");
            Keepers.Means means = new Keepers.Means(
                    api,
                    () -> ThreadLocalRandom.current().nextLong(),
                    Lookup.SYSTEM,
                    lookups,
                    said.watching().lookupInterval(),
                    said.watching().singleWatches(),
                    new WatchConfig(said.watching().watchSilence(), WatchConfig.Lists.STREAMED),
                    ReadingRules.weightLabel(said.reading()));
            EarlierLives earlier = EarlierLives.in(said.watching().snapshots(), AccessReader.cluster(access));
            known = new Reach(api, lookups, new Feeds(new Keepers(means)), namespace, rules, earlier);
            reach = known;
        }
        return known;
    }

    @Override
    public synchronized void release(Context context) {
        if (reach != null) {
            reach.feeds().release(context);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (reach != null) {
            reach.close();
        }
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties()
                .stringPropertyNames()
                .forEach(name -> properties.put(name, System.getProperty(name, "")));
        return properties;
    }

    private static Surroundings thisMachine() {
        return new Surroundings(
                System.getenv(),
                KubernetesResolverProvider::readFile,
                AccessReader::contextNamespace,
                new HostFamilies(KubernetesResolverProvider::hostFamilies, NanoClock.system()));
    }

    private static Optional<String> readFile(Path file) {
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // Not readable is as good as not there; who needs the file says so.
        }
    }

    /** Families of addresses that reach beyond this host and its link: a link-local one, which every host has, reaches no pod. */
    private static Set<AddressFamily> hostFamilies() {
        Set<AddressFamily> families = EnumSet.noneOf(AddressFamily.class);
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(each.getInetAddresses())) {
                    if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                        families.add(address instanceof Inet4Address ? AddressFamily.IPV4 : AddressFamily.IPV6);
                    }
                }
            }
        } catch (SocketException e) {
            return Set.of(); // Unknown: the service's primary family is used (rule F-4).
        }
        return families;
    }
}
