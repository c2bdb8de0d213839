package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Context;
import io.inmesh.resolver.kubernetes.watch.NoCredentialsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads how the API is reached, and as whom.
 *
 * <p>What is read again while a client lives: the token of a pod, or of a kubeconfig's {@code tokenFile}, for every request (rule R-2); the
 * token of a credential plugin when it is over. Everything else
 * (addresses, certificate authorities, client certificates and their keys, tokens in a kubeconfig) belongs to a client for life: {@link
 * Clients} builds another one when a file of {@link Reading#files()} is replaced, and after a 401 where there is a plugin.
 *
 * <p>Threads: any; keeps nothing.
 */
public final class AccessReader {
    private AccessReader() {}

    /**
     * What a client is built from.
     *
     * @param settings everything it needs
     * @param files what that was read from
     * @param plugin the command that gives the credentials, or null
     */
    record Reading(
            ClientSettings settings,
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
        if (access instanceof Access.Kubeconfig kubeconfig) {
            return new KubeconfigReader(kubeconfig.files(), onPlugin).read();
        }
        if (access instanceof Access.InPod pod) {
            SSLContext tls = inPod(pod.ca());
            Authorization token = Authorization.ofTokenFile(pod.token());
            return new Reading(new ClientSettings(pod.url(), tls, null, null, token), List.of(pod.ca()), null);
        }
        return new Reading(ClientSettings.plain(((Access.Url) access).url()), List.of(), null);
    }

    /** What is read first; what is named there comes besides. */
    static List<Path> files(Access access) {
        if (access instanceof Access.Kubeconfig kubeconfig) {
            return kubeconfig.files();
        }
        return access instanceof Access.InPod pod ? List.of(pod.ca()) : List.of();
    }

    private static SSLContext inPod(Path authority) {
        try {
            return ApiTls.trusting(Files.readAllBytes(authority)).context();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the certificate authority " + authority, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the certificate authority " + authority + ": " + e.getMessage(), e);
        }
    }

    /** The namespace of the kubeconfig files' current context, read without running any credential plugin (rule N-7). */
    public static Optional<String> contextNamespace(List<Path> kubeconfigs) {
        return Kubeconfig.read(kubeconfigs).currentContext().map(Context::namespace);
    }

    /**
     * Which cluster that leads to, to tell one from another: its address without anything secret. Of a kubeconfig that cannot be read its
     * path; whoever sends a request hears what is wrong with it. Runs no credential plugin.
     */
    public static String cluster(Access access) {
        if (access instanceof Access.Kubeconfig kubeconfig) {
            try {
                return server(kubeconfig.files())
                        .map(AccessReader::bare)
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
                .server());
    }

    /** Without user, password, query and fragment. */
    static String bare(String url) {
        return url.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
    }
}
