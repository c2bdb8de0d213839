package io.inmesh.spring.http;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import reactor.netty.http.client.HttpClient;

/**
 * How the client for hosts of ours is set up; those of equal setup share one, with its connections.
 *
 * @param settings Boot's, for whatever client
 * @param customizer what the application changes of its Reactor Netty client, if it has one: the same object for all builders that come of one
 */
record ClientSetup(HttpClientSettings settings, UnaryOperator<HttpClient> customizer) {
    /** With these a builder of Boot's that nobody has changed leaves the very client that it begins with. */
    static final HttpClientSettings UNCHANGED = HttpClientSettings.defaults().withRedirects(HttpRedirects.DONT_FOLLOW);

    /**
     * What a builder of Boot's does to a client.
     *
     * @param building has the builder build from the client that is given first, and lets the second see what has become of it at the end
     */
    static UnaryOperator<HttpClient> customizedBy(BiConsumer<HttpClient, UnaryOperator<HttpClient>> building) {
        return ours -> {
            AtomicReference<HttpClient> customized = new AtomicReference<>(ours);
            building.accept(ours, client -> {
                customized.set(client);
                return client;
            });
            return customized.get();
        };
    }
}
