package io.inmesh.resolver.kubernetes.client;

import io.inmesh.resolver.kubernetes.client.AccessReader.Reading;
import io.inmesh.resolver.kubernetes.client.CredentialPlugin.Credential;
import io.inmesh.resolver.kubernetes.client.Kubeconfig.Said;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.AuthProvider;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Cluster;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.Context;
import io.inmesh.resolver.kubernetes.client.KubeconfigFile.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * From the current context of kubeconfig files to a client's settings, as kubectl goes (rule R-7): what stands in a file counts before the path that it
 * names, a token's file before a token, and a credential plugin runs only where there is no token.
 *
 * <p>Threads: one; used once.
 */
final class KubeconfigReader {
    /** Which kinds of credentials the JDK keeps back from a proxy that only tunnels; unless said otherwise, those that a URL can carry. */
    private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

    private final List<Path> paths;
    private final Consumer<String> onPlugin;

    /** All that was read, files that were named in the first ones among it. */
    private final List<Path> read;

    KubeconfigReader(List<Path> paths, Consumer<String> onPlugin) {
        this.paths = paths;
        this.onPlugin = onPlugin;
        this.read = new ArrayList<>(paths);
    }

    Reading read() {
        Kubeconfig kubeconfig = Kubeconfig.read(paths);
        Context current = kubeconfig
                .currentContext()
                .orElseThrow(() -> new IllegalStateException("kubeconfig " + paths
                        + " has no current context (expected: a current-context that is one of its contexts, as set by"
                        + " 'kubectl config use-context NAME')"));
        Said<Cluster> cluster = kubeconfig
                .cluster(current)
                .orElseThrow(() -> new IllegalStateException("kubeconfig " + paths + " has no cluster '"
                        + current.cluster() + "', which its current context names (expected: one of its clusters)"));
        Said<User> user = kubeconfig.user(current).orElse(null);
        if (user == null && current.user() != null) {
            throw new IllegalStateException("kubeconfig " + paths + " has no user '" + current.user()
                    + "', whom its current context names (expected: one of its users)");
        }
        String server = cluster.value().server();
        if (server == null) {
            throw new IllegalStateException("kubeconfig " + cluster.file() + " has no server for the cluster '"
                    + current.cluster() + "' (expected: as in https://10.0.0.1:6443)");
        }
        CredentialPlugin plugin = user == null ? null : plugin(user, cluster.value());
        Credential given = plugin == null ? null : plugin.run();
        ClientSettings settings = new ClientSettings(
                ClientSettings.bare(server),
                tls(cluster, user, given),
                null,
                null,
                user == null ? Authorization.NONE : authorization(user, plugin, given));
        return new Reading(proxied(settings, cluster), List.copyOf(read), plugin == null ? null : plugin.command());
    }

    private @Nullable CredentialPlugin plugin(Said<User> user, Cluster cluster) {
        User said = user.value();
        if (said.exec() == null || said.token() != null || said.tokenFile() != null) {
            return null;
        }
        CredentialPlugin plugin = new CredentialPlugin(said.exec(), user, cluster);
        onPlugin.accept(plugin.command());
        return plugin;
    }

    private static Authorization authorization(
            Said<User> user, @Nullable CredentialPlugin plugin, @Nullable Credential given) {
        User said = user.value();
        if (said.username() != null && said.password() != null) {
            String header = Authorization.basic(said.username(), said.password());
            return () -> header;
        }
        if (said.tokenFile() != null) {
            return Authorization.ofTokenFile(user.resolve(said.tokenFile()));
        }
        if (said.token() != null) {
            return Authorization.ofToken(said.token());
        }
        if (plugin != null && given != null) {
            return given.token() == null ? Authorization.NONE : new PluginToken(plugin, given, InstantSource.system());
        }
        return said.provider() == null ? Authorization.NONE : ofProvider(said.provider(), user.file());
    }

    /** What the provider's own program left behind; it is never asked, as kubectl has stopped doing for all but one. */
    private static Authorization ofProvider(AuthProvider provider, Path file) {
        String token = provider.accessToken() == null ? provider.idToken() : provider.accessToken();
        if (token == null) {
            throw new IllegalStateException("kubeconfig " + file + " names the auth-provider '" + provider.name()
                    + "', which has left no token there (expected: a credential plugin, as in exec: {command: ...})");
        }
        return Authorization.ofToken(token);
    }

    private @Nullable SSLContext tls(Said<Cluster> cluster, @Nullable Said<User> user, @Nullable Credential given) {
        Cluster said = cluster.value();
        byte[] authority = content(said.certificateAuthorityData(), said.certificateAuthority(), cluster);
        byte[] certificate = null;
        byte[] key = null;
        if (given != null && given.certificate() != null && given.key() != null) {
            certificate = given.certificate().getBytes(StandardCharsets.US_ASCII);
            key = given.key().getBytes(StandardCharsets.US_ASCII);
        } else if (user != null) {
            User who = user.value();
            certificate = content(who.clientCertificateData(), who.clientCertificate(), user);
            key = content(who.clientKeyData(), who.clientKey(), user);
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalStateException("kubeconfig "
                    + Objects.requireNonNull(user).file() + " has "
                    + (key == null ? "a client certificate without its key" : "a client key without its certificate")
                    + " (expected: both)");
        }
        boolean plain = authority == null && !said.insecure() && said.tlsServerName() == null;
        if (plain && (certificate == null || key == null)) {
            return null;
        }
        try {
            ApiTls tls = said.insecure() ? ApiTls.trustingAnybody() : ApiTls.trusting(authority);
            tls = said.tlsServerName() == null ? tls : tls.forServer(said.tlsServerName());
            return (certificate == null || key == null ? tls : tls.as(certificate, key)).context();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("TLS as kubeconfig " + cluster.file() + " says: " + e.getMessage(), e);
        }
    }

    /** What is said itself, in Base64, or else what is in the file that is named. */
    private byte @Nullable [] content(@Nullable String data, @Nullable String path, Said<?> said) {
        if (data != null) {
            try {
                return Base64.getDecoder().decode(data.replaceAll("\\s", ""));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("kubeconfig " + said.file()
                        + " has certificate data that is no Base64 (expected: PEM in Base64)");
            }
        }
        if (path == null) {
            return null;
        }
        Path file = said.resolve(path);
        read.add(file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ", which kubeconfig " + said.file() + " names", e);
        }
    }

    private static ClientSettings proxied(ClientSettings settings, Said<Cluster> cluster) {
        String said = cluster.value().proxyUrl();
        if (said == null) {
            return settings;
        }
        Optional<URI> proxy = Optional.of(said).flatMap(KubeconfigReader::httpUri);
        URI uri = proxy.orElseThrow(() -> new IllegalStateException("kubeconfig " + cluster.file()
                + " has a proxy-url that cannot be used (expected: as in http://proxy.example:3128; the JDK's client"
                + " knows no SOCKS, and no TLS to a proxy)"));
        String user = uri.getUserInfo();
        int colon = user == null ? -1 : user.indexOf(':');
        if (user != null && settings.url().startsWith("https:") && System.getProperty(TUNNELING) == null) {
            throw new IllegalStateException(
                    "kubeconfig " + cluster.file() + " has a proxy-url with user and password, which"
                            + " this JDK sends to no proxy of an https server (expected: a proxy without them, or -D"
                            + TUNNELING
                            + "= on the command line)");
        }
        return new ClientSettings(
                settings.url(),
                settings.tls(),
                InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort()),
                user == null
                        ? null
                        : Authorization.basic(
                                colon < 0 ? user : user.substring(0, colon),
                                colon < 0 ? "" : user.substring(colon + 1)),
                settings.authorization());
    }

    private static Optional<URI> httpUri(String text) {
        try {
            URI uri = URI.create(text);
            return "http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
