package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.wire.Connections;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.timeout.ReadTimeoutException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider.SslContextSpec;

/**
 * Reactor Netty's clients for requests of WebClient to pods, by setup, so that all builders of one configuration share connections. Those are kept by
 * pod address and service name.
 *
 * <p>Threads: any.
 */
final class ReactiveClients implements Connections {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** With these a builder of Boot's that nobody has changed leaves the very client that it begins with. */
    private static final HttpClientSettings UNCHANGED =
            HttpClientSettings.defaults().withRedirects(HttpRedirects.DONT_FOLLOW);

    /** One instance, since connections are pooled by what their clients have in common. */
    private static final ChannelPipelineConfigurer WITNESSED = new ChannelPipelineConfigurer() {
        @Override
        public void onChannelInit(ConnectionObserver observer, Channel channel, @Nullable SocketAddress remoteAddress) {
            channel.pipeline().addFirst(ReactiveSending.Witness.INSTANCE);
        }
    };

    private final LoopResources loops =
            LoopResources.create("inmesh-http", LoopResources.DEFAULT_IO_WORKER_COUNT, true);

    private final ConnectionProvider pool = ConnectionProvider.builder("inmesh")
            .maxConnections(Integer.MAX_VALUE) // How many requests may run is the service's to say.
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(EVICTION)
            // A pod that has left, and was not seen to, is never asked for a connection again.
            .disposeInactivePoolsInBackground(MAX_IDLE, MAX_IDLE)
            .lifo()
            .build();

    private final Map<Use, HttpClient> clients = new ConcurrentHashMap<>();
    private final Map<Use, Plain> plain = new ConcurrentHashMap<>();

    /**
     * What a client is for.
     *
     * @param builder null for whichever
     */
    private record Use(
            HttpClientSettings settings,
            boolean secure,
            @Nullable Supplier<ReactorClientHttpConnectorBuilder> builder) {}

    /** What customizers begin with, and what all those share that leave it as it is. */
    private record Plain(HttpClient first, HttpClient ruled) {}

    /**
     * The client for such requests; its remote address is to be set for each.
     *
     * @param builder gives the application's; the same object for all clients of one
     */
    HttpClient client(
            HttpClientSettings settings, boolean secure, Supplier<ReactorClientHttpConnectorBuilder> builder) {
        return clients.computeIfAbsent(new Use(settings, secure, builder), use -> newClient(settings, secure, builder));
    }

    /** Only by asking the application's builder comes out whether it changes anything. */
    private HttpClient newClient(
            HttpClientSettings settings, boolean secure, Supplier<ReactorClientHttpConnectorBuilder> builder) {
        Plain shared = plain.computeIfAbsent(new Use(settings, secure, null), use -> newPlain(settings, secure));
        HttpClient customized = customized(shared.first, builder.get());
        return customized == shared.first ? shared.ruled : ruled(customized, secure);
    }

    private static HttpClient customized(HttpClient ours, ReactorClientHttpConnectorBuilder builder) {
        AtomicReference<HttpClient> customized = new AtomicReference<>(ours);
        Object unused = builder.withHttpClientFactory(() -> ours)
                .withoutHttpClientDefaults() // A proxy of the system's properties does not lead to pods.
                .withHttpClientCustomizer(client -> {
                    customized.set(client);
                    return client;
                })
                .build(UNCHANGED);
        return Objects.requireNonNull(customized.get(), "customized");
    }

    private Plain newPlain(HttpClientSettings settings, boolean secure) {
        HttpClient client = HttpClient.create(pool).compress(true).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                Math.min(MeshHttp.connectTimeout(settings).toMillis(), Integer.MAX_VALUE));
        Duration read = settings.readTimeout();
        if (read != null && !read.isZero()) {
            client = client.responseTimeout(read);
        }
        SslBundle bundle = settings.sslBundle();
        if (secure) {
            client = bundle == null ? client.secure() : client.secure(spec -> configure(spec, bundle));
        }
        return new Plain(client, ruled(client, secure));
    }

    /** What requests to pods rest on, whatever the application has changed. */
    private HttpClient ruled(HttpClient customized, boolean secure) {
        HttpClient client = secure ? customized : customized.noSSL();
        return client.runOn(loops)
                .doOnChannelInit(WITNESSED)
                .protocol(
                        HttpProtocol
                                .HTTP11) // One request at a time on a connection: whose bytes are sent has to be known.
                .followRedirect(false) // By us, each to wherever its host belongs.
                .disableRetry(true); // Attempts decides, and goes elsewhere.
    }

    /** As Boot configures Reactor Netty. Names are verified against the service's, which the address carries. */
    private static void configure(SslContextSpec spec, SslBundle bundle) {
        SslOptions options = bundle.getOptions();
        try {
            spec.sslContext(SslContextBuilder.forClient()
                    .keyManager(bundle.getManagers().getKeyManagerFactory())
                    .trustManager(bundle.getManagers().getTrustManagerFactory())
                    .ciphers(SslOptions.asSet(options.getCiphers()))
                    .protocols(options.getEnabledProtocols())
                    .build());
        } catch (SSLException e) {
            throw new IllegalStateException(
                    "the SSL bundle of spring.http.clients cannot be used: " + e.getMessage(), e);
        }
    }

    /** Its own errors in the JDK's words. */
    static Throwable plain(Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof ReadTimeoutException) {
                SocketTimeoutException plain = new SocketTimeoutException("read timed out");
                plain.initCause(error);
                return plain;
            }
        }
        return error;
    }

    @Override
    public void closeTo(InetSocketAddress address) {
        pool.disposeWhen(address);
    }

    @Override
    public void close() {
        pool.disposeLater().block(CLOSE_LIMIT);
        loops.disposeLater(Duration.ZERO, CLOSE_LIMIT).block(CLOSE_LIMIT.multipliedBy(2));
    }
}
