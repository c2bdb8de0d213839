package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.inmesh.api.time.Scheduler.Cancellable;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Tells whoever sends a request what to cancel as long as no answer has begun. fabric8 hands out a future of its own, and to cancel that one
 * leaves the exchange and its connection as they are; the JDK's own future ends both. A request is recognized by the fragment of its
 * URI, which is taken off before it is sent: headers would have to be taken out again, and a thread's own variables do not survive the retry after a
 * 401.
 *
 * <p>Threads: any.
 */
final class OpenRequests extends JdkHttpClientFactory {
    private final AtomicLong last = new AtomicLong();
    private final Map<String, Consumer<Cancellable>> senders = new ConcurrentHashMap<>();

    /**
     * Announces a request.
     *
     * @param sender hears, each time that the request is sent, what cancels it
     * @return what to put behind the {@code #} of its URI
     */
    String announce(Consumer<Cancellable> sender) {
        String fragment = Long.toString(last.incrementAndGet());
        senders.put(fragment, sender);
        return fragment;
    }

    /** That request is over. */
    void forget(String fragment) {
        senders.remove(fragment);
    }

    /** A request was sent. */
    void sent(URI uri, Cancellable exchange) {
        String fragment = uri.getRawFragment();
        Consumer<Cancellable> sender = fragment == null ? null : senders.get(fragment);
        if (sender != null) {
            sender.accept(exchange);
        }
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        return new TellingBuilder(super.createNewHttpClientBuilder(), this);
    }
}
