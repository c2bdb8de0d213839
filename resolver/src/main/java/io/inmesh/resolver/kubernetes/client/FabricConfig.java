package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads how the API is reached, and as whom, in fabric8's words. Kubeconfig files add up as kubectl adds them: of each context,
 * cluster and user the first definition wins, and the current context is that of the first file that sets one (rules N-7, R-7).
 *
 * <p>What is read again while a client lives: the token of a pod, or of a kubeconfig's {@code tokenFile}, for every request (rule R-2); the
 * token of a credential plugin after a 401 and once it is a minute old, if the file with the context has the user too. Everything else
 * (addresses, certificate authorities, client certificates and their keys, tokens in a kubeconfig) belongs to a client for life: {@link
 * Clients} builds another one when a file of {@link Reading#files()} is replaced.
 *
 * <p>Threads: any; keeps nothing.
 */
public final class FabricConfig {

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
            io.fabric8.kubernetes.client.Config config, List<Path> kubeconfigs, Consumer<String> onPlugin) {
        List<Config> files = kubeconfigs.stream().map(FabricConfig::parse).toList();
        NamedContext current = currentContext(files)
                .orElseThrow(() -> new IllegalStateException("kubeconfig " + kubeconfigs
                        + " has no current context (expected: a current-context that is one of its contexts, as set by"
                        + " 'kubectl config use-context NAME')"));
        Optional<User> user = user(current.getContext().getUser(), kubeconfigs, files);
        Optional<String> plugin = user.map(each -> each.auth().getExec()).map(ExecConfig::getCommand);
        plugin.ifPresent(onPlugin);
        KubeConfigUtils.merge(config, current.getName(), files.toArray(Config[]::new));
        user.map(each -> each.auth().getTokenFile())
                .filter(FabricConfig::isSaid)
                .map(said -> user.orElseThrow().file().resolveSibling(said))
                .ifPresent(tokenFile -> config.setOauthTokenProvider(() -> token(tokenFile)));
        if (plugin.isPresent() && !hasCredentials(config)) { // fabric8 logs why, and would go on as nobody.
            throw new NoCredentialsException("credential plugin '" + plugin.get()
                    + "' of the kubeconfig gave no credentials; run it by hand to see why");
        }
        List<Path> read = new ArrayList<>(kubeconfigs);
        Stream.of(config.getCaCertFile(), config.getClientCertFile(), config.getClientKeyFile())
                .filter(FabricConfig::isSaid)
                .map(Path::of)
                .forEach(read::add);
        return new Reading(config, read, plugin.orElse(null));
    }

    /** The user of a context, and the file that defines it. */
    private record User(AuthInfo auth, Path file) {}

    private static Optional<User> user(@Nullable String name, List<Path> paths, List<Config> files) {
        for (int i = 0; i < files.size(); i++) {
            Path path = paths.get(i);
            Optional<User> found = each(files.get(i).getUsers())
                    .filter(named -> named.getUser() != null && Objects.equals(named.getName(), name))
                    .findFirst()
                    .map(named -> new User(named.getUser(), path));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
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

    /** Read by path for every request: it is replaced while the process runs (rule R-2). */
    private static String token(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the token file " + file, e);
        }
    }
}
