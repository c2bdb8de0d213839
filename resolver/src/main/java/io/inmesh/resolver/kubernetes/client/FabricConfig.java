package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.AuthProviderConfig;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ClusterBuilder;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.NamedAuthInfoBuilder;
import io.fabric8.kubernetes.api.model.NamedClusterBuilder;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.inmesh.resolver.kubernetes.client.Kubeconfig.Said;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads how the API is reached, and as whom, in fabric8's words.
 *
 * <p>What is read again while a client lives: the token of a pod, or of a kubeconfig's {@code tokenFile}, for every request (rule R-2); the
 * token of a credential plugin when it is over. Everything else
 * (addresses, certificate authorities, client certificates and their keys, tokens in a kubeconfig) belongs to a client for life: {@link
 * Clients} builds another one when a file of {@link Reading#files()} is replaced, and after a 401 where there is a plugin.
 *
 * <p>Threads: any; keeps nothing.
 */
public final class FabricConfig {

    private static final String YAML_FORMAT = "com.fasterxml.jackson.dataformat.yaml.YAMLFactory";

    private FabricConfig() {}

    /**
     * What a client is built from.
     *
     * @param config everything it needs
     * @param files what that was read from
     * @param plugin the command that gives the credentials, or null
     */
    record Reading(
            io.fabric8.kubernetes.client.Config config,
            List<Path> files,
            @Nullable String plugin) {}

    /**
     * Everything a client needs. Runs the kubeconfig's credential plugin, if there is one, and waits for it.
     *
     * @param onPlugin hears which command that is, before it runs
     * @throws NoCredentialsException if the plugin gave none
     * @throws IllegalStateException if a kubeconfig cannot be read or has no current context
     */
    static Reading of(Access access, Consumer<String> onPlugin) {
        io.fabric8.kubernetes.client.Config config = io.fabric8.kubernetes.client.Config.empty();
        if (access instanceof Access.Kubeconfig kubeconfig) {
            return merged(config, kubeconfig.files(), onPlugin);
        }
        if (access instanceof Access.InPod pod) {
            config.setMasterUrl(pod.url());
            config.setCaCertFile(pod.ca().toString());
            config.setOauthTokenProvider(() -> token(pod.token()));
            return new Reading(config, List.of(pod.ca()), null);
        }
        config.setMasterUrl(((Access.Url) access).url());
        return new Reading(config, List.of(), null);
    }

    private static Reading merged(
            io.fabric8.kubernetes.client.Config config, List<Path> paths, Consumer<String> onPlugin) {
        Kubeconfig kubeconfig = Kubeconfig.read(paths);
        NamedContext current = kubeconfig
                .currentContext()
                .orElseThrow(() -> new IllegalStateException("kubeconfig " + paths
                        + " has no current context (expected: a current-context that is one of its contexts, as set by"
                        + " 'kubectl config use-context NAME')"));
        Optional<Said<Cluster>> cluster = kubeconfig.cluster(current);
        Optional<Said<AuthInfo>> user = kubeconfig.user(current);
        Optional<CredentialPlugin> plugin =
                user.flatMap(said -> Optional.ofNullable(said.value().getExec())
                        .map(exec -> new CredentialPlugin(
                                exec, said, cluster.map(Said::value).orElse(null))));
        plugin.map(CredentialPlugin::command).ifPresent(onPlugin);
        user.ifPresent(said -> refuseUnlessPossible(said, FabricConfig::isThere));
        KubeConfigUtils.merge(config, current.getName(), alone(current, cluster, user));
        user.ifPresent(said -> {
            String tokenFile = said.value().getTokenFile();
            if (isSaid(tokenFile)) {
                Path path = said.resolve(tokenFile);
                config.setOauthTokenProvider(() -> token(path));
            }
        });
        plugin.filter(each -> !isSaid(config.getAutoOAuthToken())).ifPresent(each -> use(config, each));
        List<Path> read = new ArrayList<>(paths);
        Stream.of(config.getCaCertFile(), config.getClientCertFile(), config.getClientKeyFile())
                .filter(FabricConfig::isSaid)
                .map(Path::of)
                .forEach(read::add);
        return new Reading(config, read, plugin.map(CredentialPlugin::command).orElse(null));
    }

    /** One file with what counts, for fabric8: paths are absolute, and the plugin is left out, which is run here. */
    private static Config alone(NamedContext context, Optional<Said<Cluster>> cluster, Optional<Said<AuthInfo>> user) {
        ConfigBuilder alone =
                new ConfigBuilder().withCurrentContext(context.getName()).withContexts(context);
        cluster.ifPresent(said -> alone.withClusters(new NamedClusterBuilder()
                .withName(context.getContext().getCluster())
                .withCluster(new ClusterBuilder(said.value())
                        .withCertificateAuthority(absolute(said, said.value().getCertificateAuthority()))
                        .build())
                .build()));
        user.ifPresent(said -> alone.withUsers(new NamedAuthInfoBuilder()
                .withName(context.getContext().getUser())
                .withUser(new AuthInfoBuilder(said.value())
                        .withClientCertificate(absolute(said, said.value().getClientCertificate()))
                        .withClientKey(absolute(said, said.value().getClientKey()))
                        .withExec(null)
                        .build())
                .build()));
        return alone.build();
    }

    private static @Nullable String absolute(Said<?> said, @Nullable String path) {
        return path == null || path.isEmpty() ? null : said.resolve(path).toString();
    }

    private static void use(io.fabric8.kubernetes.client.Config config, CredentialPlugin plugin) {
        CredentialPlugin.Credential given = plugin.run();
        if (given.token() != null) {
            config.setOauthTokenProvider(new PluginToken(plugin, given, InstantSource.system()));
        }
        String key = given.key();
        if (given.certificate() != null && key != null) {
            config.setClientCertData(given.certificate());
            config.setClientKeyData(key);
            config.setClientKeyAlgo(key.contains("BEGIN EC PRIVATE KEY") ? "EC" : "RSA");
        }
    }

    /** fabric8 asks an identity provider itself, for which it wants a jar that does not come with us. */
    static void refuseUnlessPossible(Said<AuthInfo> user, Predicate<String> isThere) {
        AuthProviderConfig provider = user.value().getAuthProvider();
        if (provider != null && !isSaid(user.value().getToken()) && !isThere.test(YAML_FORMAT)) {
            throw new IllegalStateException("kubeconfig " + user.file() + " names the auth-provider '"
                    + provider.getName() + "' (expected: a credential plugin, as in exec: {command: ...}, or the jar"
                    + " com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the class path)");
        }
    }

    private static boolean isThere(String className) {
        try {
            Class.forName(className, false, FabricConfig.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean isSaid(@Nullable String value) {
        return value != null && !value.isEmpty();
    }

    /** The namespace of the kubeconfig files' current context, read without running any credential plugin (rule N-7). */
    public static Optional<String> contextNamespace(List<Path> kubeconfigs) {
        return Kubeconfig.read(kubeconfigs).currentContext().map(context -> context.getContext()
                .getNamespace());
    }

    /**
     * Which cluster that leads to, to tell one from another: its address without anything secret. Of a kubeconfig that cannot be read its
     * path; whoever sends a request hears what is wrong with it. Runs no credential plugin.
     */
    public static String cluster(Access access) {
        if (access instanceof Access.Kubeconfig kubeconfig) {
            try {
                return server(kubeconfig.files())
                        .map(FabricConfig::bare)
                        .orElseGet(() -> kubeconfig.files().toString());
            } catch (IllegalStateException e) {
                return kubeconfig.files().toString();
            }
        }
        return bare(access instanceof Access.InPod pod ? pod.url() : ((Access.Url) access).url());
    }

    private static Optional<String> server(List<Path> paths) {
        Kubeconfig kubeconfig = Kubeconfig.read(paths);
        return kubeconfig.currentContext().flatMap(kubeconfig::cluster).map(said -> said.value()
                .getServer());
    }

    /** Without user, password, query and fragment. */
    private static String bare(String url) {
        return url.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
    }

    /** Read by path for every request: it is replaced while the process runs (rule R-2). */
    private static String token(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the token file " + file, e);
        }
    }
}
