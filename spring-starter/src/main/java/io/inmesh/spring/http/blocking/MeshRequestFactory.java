package io.inmesh.spring.http.blocking;

import io.inmesh.spring.http.Cookies;
import io.inmesh.spring.http.MeshHttp;
import io.inmesh.spring.http.Redirect;
import io.inmesh.spring.http.Route;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationNotAllowedException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Sends requests to hosts of ours to pods, and all others through the factory that the application would have without inmesh.
 *
 * <p>Threads: any.
 */
final class MeshRequestFactory implements ClientHttpRequestFactory, InitializingBean, DisposableBean {
    private final Supplier<MeshHttp> http;
    private final HttpClientSettings settings;
    private final ClientHttpRequestFactory others;
    private final Cookies cookies;

    /**
     * Creates it.
     *
     * @param http asked with the first request, not before: beans that the mesh needs may have clients themselves
     * @param settings timeouts and so on for hosts of ours
     * @param others the factory for other hosts
     */
    MeshRequestFactory(Supplier<MeshHttp> http, HttpClientSettings settings, ClientHttpRequestFactory others) {
        this.http = http;
        this.settings = settings;
        this.others = others;
        this.cookies = Cookies.of(settings.cookieHandling());
    }

    HttpClientSettings settings() {
        return settings;
    }

    Cookies cookies() {
        return cookies;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        return createRequest(uri, method, settings.redirects() == HttpRedirects.DONT_FOLLOW ? 0 : Redirect.LIMIT);
    }

    /** A request to a host of ours follows so many redirects at most; that to another host follows its own factory's rules. */
    ClientHttpRequest createRequest(URI uri, HttpMethod method, int redirects) throws IOException {
        MeshHttp mesh = open(uri);
        Optional<Route> route = mesh == null ? Optional.empty() : mesh.hosts().route(uri);
        return mesh != null && route.isPresent()
                ? new MeshRequest(this, mesh, route.get(), method, uri, redirects)
                : others.createRequest(uri, method);
    }

    /** Null while the application context closes: beans that say good-bye to other hosts then do so as they would without us. */
    private @Nullable MeshHttp open(URI uri) {
        try {
            MeshHttp mesh = http.get();
            return mesh.isClosed() && !mesh.hosts().isKnownAsOurs(uri) ? null : mesh;
        } catch (BeanCreationNotAllowedException e) {
            return null; // The first request of all comes while beans are destroyed.
        }
    }

    @Override
    public void afterPropertiesSet() throws Exception {
        if (others instanceof InitializingBean bean) {
            bean.afterPropertiesSet();
        }
    }

    @Override
    public void destroy() throws Exception {
        if (others instanceof DisposableBean bean) {
            bean.destroy();
        } else if (others instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
