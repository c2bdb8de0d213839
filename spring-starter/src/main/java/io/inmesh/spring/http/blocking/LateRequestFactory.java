package io.inmesh.spring.http.blocking;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * A factory that is made with its first request. For clients of the JDK, which load their TLS and all certificate authorities when they are made: an
 * application that calls nothing but services never needs that.
 *
 * <p>Threads: any.
 */
final class LateRequestFactory implements ClientHttpRequestFactory {
    private final Supplier<? extends ClientHttpRequestFactory> maker;

    /** A lock of its own and no monitor: who waits here may be a virtual thread. */
    private final Lock making = new ReentrantLock();

    /** Written once, under {@link #making}; read by all requests. */
    private volatile @Nullable ClientHttpRequestFactory made;

    /**
     * Creates it.
     *
     * @param maker asked once, unless it throws; what it makes wants to be neither started nor closed
     */
    LateRequestFactory(Supplier<? extends ClientHttpRequestFactory> maker) {
        this.maker = maker;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        return made().createRequest(uri, method);
    }

    /** The factory itself. */
    ClientHttpRequestFactory made() {
        ClientHttpRequestFactory there = made;
        return there == null ? make() : there;
    }

    private ClientHttpRequestFactory make() {
        making.lock();
        try {
            ClientHttpRequestFactory there = made;
            if (there == null) {
                there = maker.get();
                made = there;
            }
            return there;
        } finally {
            making.unlock();
        }
    }
}
