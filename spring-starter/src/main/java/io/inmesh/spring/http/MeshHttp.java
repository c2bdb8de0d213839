package io.inmesh.spring.http;

import io.inmesh.api.Target;
import io.inmesh.balancer.Mesh;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
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
 * What all requests to pods share: the hosts that are ours, and the HTTP client with its connections and threads. Connections are kept by
 * pod address and service name. Nothing is held before the first request to a host of ours.
 *
 * <p>Threads: any. {@link #close()} ends connections and threads; requests that run then fail.
 */
public final class MeshHttp implements AutoCloseable {
    /**
     * Unless configured, a pod that does not answer the first packet is given up after this: TCP sends it again after 1 and 3 s, and the
     * request has another pod to go to.
     */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Shorter than the 20 s after which common servers (Tomcat) close idle connections: reusing one that is being closed fails the request. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(15);

    /** How often idle connections are looked for. */
    private static final Duration EVICTION = Duration.ofSeconds(5);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** One instance, since connections are pooled by what their clients have in common. */
    private static final ChannelPipelineConfigurer WITNESSED = new ChannelPipelineConfigurer() {
        @Override
        public void onChannelInit(ConnectionObserver observer, Channel channel, @Nullable SocketAddress remoteAddress) {
            channel.pipeline().addFirst(Sending.Witness.INSTANCE);
        }
    };

    private final Mesh mesh;
    private final Hosts hosts;
    private final Departures departures;

    /** Made by the first request of ours, taken by close. Written under this, read by all requests, on event loops too, without it. */
    private volatile @Nullable Transport transport;

    /** Written under this, read by all requests without it. */
    private volatile boolean closed;

    /** Clients by setup, so that all builders of one configuration share connections; and those that no application has changed. */
    private record Transport(
            LoopResources loops,
            ConnectionProvider pool,
            ExecutorService writers,
            Map<Use, HttpClient> clients,
            Map<Settings, Plain> plain) {}

    private record Use(ClientSetup setup, boolean secure) {}

    private record Settings(HttpClientSettings said, boolean secure) {}

    /** What customizers begin with, and what all those share that leave it as it is. */
    private record Plain(HttpClient first, HttpClient ruled) {}

    /**
     * Requests of that mesh; the caller closes it afterwards.
     *
     * @param departures an observer of that mesh
     */
    public MeshHttp(Mesh mesh, ConfiguredServices configured, ExcludedHosts excluded, Departures departures) {
        this.mesh = mesh;
        this.departures = departures;
        this.hosts = new Hosts(mesh, configured, excluded, Hosts.LOOKUP_LIMIT);
    }

    Mesh mesh() {
        return mesh;
    }

    Hosts hosts() {
        return hosts;
    }

    /** True while that very target is asked for to find out whether a host, which some request went to, is a service at all. */
    public boolean isLookedUp(Target target) {
        return hosts.isLookedUp(target);
    }

    /** The client for requests of that setup; its remote address is to be set for each. */
    HttpClient client(ClientSetup setup, boolean secure) throws ConnectException {
        Transport known = transport();
        return known.clients.computeIfAbsent(new Use(setup, secure), use -> newClient(known, use));
    }

    /** Where bodies are written that stream. */
    ExecutorService writers() throws ConnectException {
        return transport().writers;
    }

    boolean isClosed() {
        return closed;
    }

    private Transport transport() throws ConnectException {
        Transport known = transport;
        return known == null ? newTransport() : known;
    }

    private synchronized Transport newTransport() throws ConnectException {
        if (closed) {
            throw new ConnectException("the HTTP client of inmesh was closed with its application context");
        }
        Transport known = transport;
        if (known == null) {
            AtomicInteger count = new AtomicInteger();
            known = new Transport(
                    LoopResources.create("inmesh-http", LoopResources.DEFAULT_IO_WORKER_COUNT, true),
                    ConnectionProvider.builder("inmesh")
                            .maxConnections(Integer.MAX_VALUE) // How many requests may run is the service's to say.
                            .maxIdleTime(MAX_IDLE)
                            .evictInBackground(EVICTION)
                            // A pod that has left, and was not seen to, is never asked for a connection again.
                            .disposeInactivePoolsInBackground(MAX_IDLE, MAX_IDLE)
                            .lifo()
                            .build(),
                    new ThreadPoolExecutor(
                            0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                                Thread thread = new Thread(task, "inmesh-http-body-" + count.incrementAndGet());
                                thread.setDaemon(true);
                                return thread;
                            }),
                    new ConcurrentHashMap<>(),
                    new ConcurrentHashMap<>());
            transport = known;
            departures.closeBy(known.pool::disposeWhen);
        }
        return known;
    }

    /** Only by asking the application's builder comes out whether it changes anything. */
    private static HttpClient newClient(Transport transport, Use use) {
        Plain plain = transport.plain.computeIfAbsent(
                new Settings(use.setup.settings(), use.secure), settings -> newPlain(transport, settings));
        HttpClient customized = use.setup.customizer().apply(plain.first);
        return customized == plain.first ? plain.ruled : ruled(customized, use.secure, transport);
    }

    private static Plain newPlain(Transport transport, Settings use) {
        HttpClientSettings settings = use.said;
        Duration connect = settings.connectTimeout() == null ? CONNECT_TIMEOUT : settings.connectTimeout();
        HttpClient client = HttpClient.create(transport.pool)
                .compress(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(connect.toMillis(), Integer.MAX_VALUE));
        Duration read = settings.readTimeout();
        if (read != null && !read.isZero()) {
            client = client.responseTimeout(read);
        }
        SslBundle bundle = settings.sslBundle();
        if (use.secure) {
            client = bundle == null ? client.secure() : client.secure(spec -> configure(spec, bundle));
        }
        return new Plain(client, ruled(client, use.secure, transport));
    }

    /** What requests to pods rest on, whatever the application has changed. */
    private static HttpClient ruled(HttpClient customized, boolean secure, Transport transport) {
        HttpClient client = secure ? customized : customized.noSSL();
        return client.runOn(transport.loops)
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

    @Override
    public void close() {
        Transport last;
        synchronized (this) {
            closed = true;
            last = transport;
            transport = null;
            departures.closeBy(null);
        }
        if (last != null) {
            last.writers.shutdownNow();
            last.pool.disposeLater().block(CLOSE_LIMIT);
            last.loops.disposeLater(Duration.ZERO, CLOSE_LIMIT).block(CLOSE_LIMIT.multipliedBy(2));
        }
    }
}
