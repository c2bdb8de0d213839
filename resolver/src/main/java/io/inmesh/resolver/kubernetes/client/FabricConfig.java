package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads how the API is reached, and as whom, in fabric8's words. Kubeconfig files add up as kubectl adds them: of each context,
 * cluster and user the first definition wins, and the current context is that of the first file that sets one (rules N-7, R-7).
 *
 * <p>What is read again while a client lives: in a pod the token, for every request (rule R-2); of a kubeconfig the token, from the file
 * or from the credential plugin, after a 401 and once it is a minute old, if the file with the context has the user too. Read once,
 * with the first request: addresses, certificate authorities ({@code ca.crt} of a pod among them), client certificates and their keys,
 * also those that a plugin gives, and name and password. Where those are replaced, a new client is needed.
 *
 * <p>Threads: any; keeps nothing.
 */
public final class FabricConfig {

    private FabricConfig() {}

    /**
     * Everything a client needs. Runs the kubeconfig's credential plugin, if there is one, and waits for it.
     *
     * @throws NoCredentialsException if the plugin gave none
     * @throws IllegalStateException if a kubeconfig cannot be read or has no current context
     */
    static io.fabric8.kubernetes.client.Config of(Access access) {
        io.fabric8.kubernetes.client.Config config = io.fabric8.kubernetes.client.Config.empty();
        if (access instanceof Access.InPod pod) {
            config.setMasterUrl(pod.url());
            config.setCaCertFile(Access.CA.toString());
            config.setOauthTokenProvider(FabricConfig::token);
        } else if (access instanceof Access.Url said) {
            config.setMasterUrl(said.url());
        } else if (access instanceof Access.Kubeconfig kubeconfig) {
            merge(config, kubeconfig.files());
        }
        return config;
    }

    private static void merge(io.fabric8.kubernetes.client.Config config, List<Path> kubeconfigs) {
        List<Config> files = kubeconfigs.stream().map(FabricConfig::parse).toList();
        NamedContext current = currentContext(files)
                .orElseThrow(() -> new IllegalStateException("kubeconfig " + kubeconfigs
                        + " has no current context (expected: a current-context that is one of its contexts, as set by"
                        + " 'kubectl config use-context NAME')"));
        KubeConfigUtils.merge(config, current.getName(), files.toArray(Config[]::new));
        Optional<ExecConfig> plugin = plugin(current.getContext().getUser(), files);
        if (plugin.isPresent() && !hasCredentials(config)) { // fabric8 logs why, and would go on as nobody.
            throw new NoCredentialsException("credential plugin '"
                    + plugin.get().getCommand() + "' of the kubeconfig gave no credentials; run it by hand to see why");
        }
    }

    private static Optional<ExecConfig> plugin(@Nullable String user, List<Config> files) {
        return files.stream()
                .flatMap(file -> each(file.getUsers()))
                .filter(named -> named.getUser() != null && Objects.equals(named.getName(), user))
                .findFirst()
                .map(named -> named.getUser().getExec());
    }

    private static boolean hasCredentials(io.fabric8.kubernetes.client.Config config) {
        boolean token = isSaid(config.getAutoOAuthToken());
        boolean certificate = isSaid(config.getClientCertData()) || isSaid(config.getClientCertFile());
        boolean password = isSaid(config.getUsername()) && isSaid(config.getPassword());
        return token || certificate || password;
    }

    private static boolean isSaid(@Nullable String value) {
        return value != null && !value.isEmpty();
    }

    /** The namespace of the kubeconfig files' current context, read without running any exec plugin (rule N-7). */
    public static Optional<String> contextNamespace(List<Path> kubeconfigs) {
        return currentContext(kubeconfigs.stream().map(FabricConfig::parse).toList())
                .map(context -> context.getContext().getNamespace());
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

    private static Optional<String> server(List<Path> kubeconfigs) {
        List<Config> files = kubeconfigs.stream().map(FabricConfig::parse).toList();
        return currentContext(files).flatMap(context -> files.stream()
                .flatMap(file -> each(file.getClusters()))
                .filter(named -> named.getCluster() != null
                        && Objects.equals(named.getName(), context.getContext().getCluster()))
                .findFirst()
                .map(named -> named.getCluster().getServer()));
    }

    /** Without user, password, query and fragment. */
    private static String bare(String url) {
        return url.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
    }

    private static Optional<NamedContext> currentContext(List<Config> files) {
        Optional<String> name = files.stream()
                .map(Config::getCurrentContext)
                .filter(FabricConfig::isSaid)
                .findFirst();
        return files.stream()
                .flatMap(file -> each(file.getContexts()))
                .filter(context -> context.getContext() != null && Objects.equals(context.getName(), name.orElse(null)))
                .findFirst();
    }

    private static <T> Stream<T> each(@Nullable List<T> said) {
        return said == null ? Stream.empty() : said.stream();
    }

    /** What the parser says of a bad file is kept to itself: it quotes the file, and there may be secrets in it. */
    private static Config parse(Path kubeconfig) {
        try {
            return KubeConfigUtils.parseConfig(kubeconfig.toFile());
        } catch (RuntimeException e) {
            throw new IllegalStateException("kubeconfig " + kubeconfig + " cannot be read ("
                    + e.getClass().getSimpleName() + ") (expected: YAML of kind Config, as kubectl writes it)");
        }
    }

    /** Read by path for every request: the kubelet replaces the file while the process runs (rule R-2). */
    private static String token() {
        try {
            return Files.readString(Access.TOKEN).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the service account's token", e);
        }
    }
}
