package io.inmesh.spring;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * The application's builder where Reactor Netty is missing: builds what it would without inmesh, and says so when it is asked to for the first time.
 *
 * @param <T> what it makes
 */
final class BypassingConnectorBuilder<T extends ClientHttpConnector> implements ClientHttpConnectorBuilder<T> {
    private static final Logger log = LoggerFactory.getLogger(BypassingConnectorBuilder.class);

    private final ClientHttpConnectorBuilder<T> builder;

    /** Set by whoever builds first; shared with the builders that come of this one. */
    private final AtomicBoolean said;

    BypassingConnectorBuilder(ClientHttpConnectorBuilder<T> builder) {
        this(builder, new AtomicBoolean());
    }

    private BypassingConnectorBuilder(ClientHttpConnectorBuilder<T> builder, AtomicBoolean said) {
        this.builder = builder;
        this.said = said;
    }

    /** The application's. */
    ClientHttpConnectorBuilder<T> others() {
        return builder;
    }

    @Override
    public T build(@Nullable HttpClientSettings settings) {
        if (said.compareAndSet(false, true)) {
            log.warn(
                    "WebClient reaches services by DNS, not through inmesh, since Reactor Netty is not on the class path"
                            + " (expected: io.projectreactor.netty:reactor-netty-http, which spring-boot-starter-webclient brings;"
                            + " other hosts keep the library that they have)");
        }
        return builder.build(settings);
    }

    @Override
    public ClientHttpConnectorBuilder<T> withCustomizers(Collection<Consumer<T>> customizers) {
        return new BypassingConnectorBuilder<>(builder.withCustomizers(customizers), said);
    }
}
