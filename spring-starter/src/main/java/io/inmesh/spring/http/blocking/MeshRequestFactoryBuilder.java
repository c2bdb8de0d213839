package io.inmesh.spring.http.blocking;

import io.inmesh.spring.http.MeshHttp;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Stands in for the builder from which Boot gets the request factories of RestClient, RestTemplate and HTTP interfaces, so that each of them
 * knows the hosts that are ours.
 *
 * @param <T> what the application's builder makes
 */
public final class MeshRequestFactoryBuilder<T extends ClientHttpRequestFactory>
        implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {
    private final ClientHttpRequestFactoryBuilder<T> others;
    private final Supplier<MeshHttp> http;

    /** Whether nothing that the application says can make building fail but its settings. */
    private final boolean unchanged;

    /**
     * Creates it.
     *
     * @param others builds the factories for hosts that are not ours
     * @param http asked with the first request
     * @param unchanged whether {@code others} is as Boot made it
     */
    public MeshRequestFactoryBuilder(
            ClientHttpRequestFactoryBuilder<T> others, Supplier<MeshHttp> http, boolean unchanged) {
        this.others = others;
        this.http = http;
        this.unchanged = unchanged;
    }

    /** The builder that the application would have without inmesh. */
    public ClientHttpRequestFactoryBuilder<T> others() {
        return others;
    }

    @Override
    public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
        HttpClientSettings said = settings == null ? HttpClientSettings.defaults() : settings;
        ClientHttpRequestFactory elsewhere =
                mayBeLate(said) ? new LateRequestFactory(() -> others.build(settings)) : others.build(settings);
        return new MeshRequestFactory(http, said, elsewhere);
    }

    /** What could be wrong is to be said now, while the application starts, and not by the first request. */
    private boolean mayBeLate(HttpClientSettings said) {
        return unchanged
                && others instanceof JdkClientHttpRequestFactoryBuilder
                && said.sslBundle() == null
                && isPlain(said.connectTimeout())
                && isPlain(said.readTimeout());
    }

    private static boolean isPlain(@Nullable Duration limit) {
        return limit == null || (!limit.isNegative() && !limit.isZero());
    }

    /** Customizers are for the application's factory, which they know. */
    @Override
    @SuppressWarnings("unchecked") // As in the interface's own: a customizer of another factory is passed over there.
    public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
            Collection<Consumer<ClientHttpRequestFactory>> customizers) {
        Collection<Consumer<T>> theirs = (Collection<Consumer<T>>) (Collection<?>) customizers;
        return new MeshRequestFactoryBuilder<>(
                others.withCustomizers(theirs), http, unchanged && customizers.isEmpty());
    }
}
