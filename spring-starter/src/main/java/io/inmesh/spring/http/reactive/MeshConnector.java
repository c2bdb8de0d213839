package io.inmesh.spring.http.reactive;

import io.inmesh.spring.http.Cookies;
import io.inmesh.spring.http.Destination;
import io.inmesh.spring.http.Hosts;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.Redirect;
import io.inmesh.spring.http.Route;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Sends requests of WebClient to hosts of ours to pods, and all others through the connector that the application would have without inmesh.
 *
 * <p>Threads: any, and none of them waits. The first request for a host is taken to Reactor's elastic threads, where the lookup begins; those that
 * follow stay where they are. What the mesh needs of the application context it gets on the first caller's own thread, if that may wait: a caller
 * that is creating a bean holds the lock that another thread would wait for.
 */
final class MeshConnector implements ClientHttpConnector, SmartLifecycle, Closeable {
    private final Supplier<MeshHttp> http;
    private final HttpClientSettings settings;
    private final Supplier<ReactorClientHttpConnectorBuilder> builder;
    private final ClientHttpConnector others;
    private final Cookies cookies;

    /** Runs what may wait for long. Cancelling who asked for it does not interrupt it: others wait for the same answer. */
    private static final Executor ELASTIC = task -> {
        Disposable unused = Schedulers.boundedElastic().schedule(task);
    };

    /** What {@link #http} gave. Written by the first request, read by those that follow; a lost write costs asking again. */
    private volatile @Nullable MeshHttp known;

    /**
     * Creates it.
     *
     * @param http asked with the first request, not before: beans that the mesh needs may have clients themselves
     * @param settings timeouts and so on for hosts of ours
     * @param builder gives the application's for Reactor Netty
     * @param others the connector for other hosts
     */
    MeshConnector(
            Supplier<MeshHttp> http,
            HttpClientSettings settings,
            Supplier<ReactorClientHttpConnectorBuilder> builder,
            ClientHttpConnector others) {
        this.http = http;
        this.settings = settings;
        this.builder = builder;
        this.others = others;
        this.cookies = Cookies.of(settings.cookieHandling());
    }

    Supplier<ReactorClientHttpConnectorBuilder> builder() {
        return builder;
    }

    Cookies cookies() {
        return cookies;
    }

    @Override
    public Mono<ClientHttpResponse> connect(
            HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> writer) {
        return connect(method, uri, writer, settings.redirects() == HttpRedirects.DONT_FOLLOW ? 0 : Redirect.LIMIT);
    }

    /** A request to a host of ours follows so many redirects at most; that to another host follows its own connector's rules. */
    Mono<ClientHttpResponse> connect(
            HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> writer, int redirects) {
        if (Hosts.isOutside(uri)) {
            return others.connect(method, uri, writer);
        }
        return Mono.defer(() -> {
            MeshHttp mesh = known;
            if (mesh == null && !Schedulers.isInNonBlockingThread()) {
                mesh = open();
                if (mesh == null) {
                    return others.connect(method, uri, writer);
                }
            }
            if (mesh != null && (mesh.isClosed() || mesh.hosts().isSettled(uri))) {
                return send(mesh, mesh.hosts().find(uri), method, uri, writer, redirects);
            }
            // What begins a lookup may read files and open connections: not on a thread of events.
            return Mono.fromFuture(() -> CompletableFuture.supplyAsync(() -> begin(uri), ELASTIC), true)
                    .flatMap(begun -> begun.isEmpty()
                            ? others.connect(method, uri, writer)
                            : send(begun.get().mesh, begun.get().found, method, uri, writer, redirects));
        });
    }

    /** A lookup that has begun, or is over already. */
    private record Begun(MeshHttp mesh, CompletableFuture<Optional<Route>> found) {}

    /** Does all that may take time before the answer is waited for. Empty while the context closes and the mesh was never needed. */
    private Optional<Begun> begin(URI uri) {
        MeshHttp mesh = known == null ? open() : known;
        if (mesh == null) {
            return Optional.empty();
        }
        CompletableFuture<Optional<Route>> found = mesh.hosts().find(uri);
        if (found.isDone()) {
            found.join().ifPresent(Route::search);
        }
        return Optional.of(new Begun(mesh, found));
    }

    private Mono<ClientHttpResponse> send(
            MeshHttp mesh,
            CompletableFuture<Optional<Route>> found,
            HttpMethod method,
            URI uri,
            Function<? super ClientHttpRequest, Mono<Void>> writer,
            int redirects) {
        if (mesh.isClosed() && !mesh.hosts().isKnownAsOurs(uri)) {
            return others.connect(method, uri, writer); // Beans that say good-bye while the context closes.
        }
        Mono<Optional<Route>> route = Mono.fromFuture(found);
        // Where the answer is still to come it comes on a thread of the mesh, which has more to do.
        return (found.isDone() ? route : route.publishOn(Schedulers.parallel()))
                .flatMap(way -> way.isEmpty()
                        ? others.connect(method, uri, writer)
                        : new MeshCall(this, new Destination(mesh, settings, uri), method, writer, redirects)
                                .on(way.get()));
    }

    /** Null while the application context closes and the mesh was never needed. */
    private @Nullable MeshHttp open() {
        try {
            MeshHttp mesh = http.get();
            known = mesh;
            return mesh;
        } catch (BeanCreationNotAllowedException e) {
            return null;
        }
    }

    @Override
    public void start() {
        if (others instanceof SmartLifecycle lifecycle) {
            lifecycle.start();
        }
    }

    @Override
    public void stop() {
        if (others instanceof SmartLifecycle lifecycle) {
            lifecycle.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return others instanceof SmartLifecycle lifecycle && lifecycle.isRunning();
    }

    @Override
    public boolean isAutoStartup() {
        return others instanceof SmartLifecycle lifecycle && lifecycle.isAutoStartup();
    }

    @Override
    public boolean isPauseable() {
        return others instanceof SmartLifecycle lifecycle && lifecycle.isPauseable();
    }

    @Override
    public int getPhase() {
        return others instanceof SmartLifecycle lifecycle ? lifecycle.getPhase() : DEFAULT_PHASE;
    }

    @Override
    public void close() throws IOException {
        if (others instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
