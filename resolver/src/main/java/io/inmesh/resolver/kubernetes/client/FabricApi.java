package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.inmesh.api.time.Scheduler;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server through fabric8's HTTP client, which brings TLS, credentials, exec plugins and the retry with a fresh token after a 401.
 * Tokens are read again while it runs, certificates are not; {@link FabricConfig} says which and when.
 * The only class that knows fabric8, with {@link FabricConfig}. The client is built with the first request and shared by all.
 *
 * <p>It speaks HTTP/1.1, one connection per watch: the JDK's client sends no HTTP/2 pings, and ending a silent stream would resume it on
 * the same dead connection (rule W-13); nor can one connection run out of streams (rule W-14).
 *
 * <p>Threads: any may call. Requests are sent from two daemon threads that end with {@link #close()}; bytes arrive on the client's
 * own, which exist only while there is something to read.
 */
public final class FabricApi implements ApiTransport {
    private static final Logger log = LoggerFactory.getLogger(FabricApi.class);

    private static final int CONNECT_MILLIS = 5_000;

    /**
     * The longest an exchange may take, above the longest watch that is asked for. Only a backstop: an answer that never begins cannot
     * be cancelled from outside, and this ends it for good. Silence is noticed long before, by {@link ListWatch}.
     */
    private static final int LONGEST_EXCHANGE_SECONDS = 660;

    private final Access access;
    private final StreamingLists streamingLists = new StreamingLists();

    /**
     * Threads of its own to send from: fabric8 runs credential plugins on the thread that sends (rule R-7), and one may wait for a human
     * or hang. The mesh's timers must go on, so that what waits for endpoints learns in time that there are none.
     */
    private final Scheduler sending = Scheduler.system("inmesh-kubernetes-api");

    /** Held while the client is built, perhaps for long, and so never together with the lock of this. */
    private final Object building = new Object();

    /** Written under the lock of {@link #building}; read without, for texts and to let go. */
    private volatile @Nullable Built built;

    // Both are guarded by this.
    private boolean closed;
    private int exchanges; // Begun and not ended.

    /** The client and the address that requests begin with, without a final slash. */
    private record Built(HttpClient client, String base) {}

    public FabricApi(Access access) {
        this.access = access;
    }

    @Override
    public String url() {
        Built known = built;
        if (known != null) {
            return known.base();
        }
        if (access instanceof Access.InPod pod) {
            return pod.url();
        }
        if (access instanceof Access.Url said) {
            return said.url();
        }
        return "the cluster of kubeconfig " + ((Access.Kubeconfig) access).files();
    }

    @Override
    public StreamingLists streamingLists() {
        return streamingLists;
    }

    @Override
    public Cancellable get(String pathAndQuery, Receiver receiver) {
        Call call = new Call(receiver);
        Cancellable pending;
        synchronized (this) {
            pending = closed ? null : sending.schedule(() -> send(pathAndQuery, call), Duration.ZERO);
        }
        if (pending == null) {
            receiver.onEnd(closedError());
            return () -> {};
        }
        return () -> {
            call.cancel();
            pending.cancel();
        };
    }

    private void send(String pathAndQuery, Call call) {
        if (call.cancelled) {
            return;
        }
        try {
            Built ready = begin();
            if (call.cancelled) { // While it waited for the client to be built.
                call.end(new CancellationException("cancelled before it was sent"));
                return;
            }
            HttpRequest request = ready.client()
                    .newHttpRequestBuilder()
                    .uri(ready.base() + pathAndQuery)
                    .timeout(LONGEST_EXCHANGE_SECONDS, TimeUnit.SECONDS)
                    .build();
            run(ready.client().consumeBytes(request, call), call::answered);
        } catch (
                RuntimeException
                        e) { // A kubeconfig that cannot be read, a token file that is gone: as good as no connection.
            call.end(e);
        }
    }

    /** Calls back when the stage ends, in either way; what the callback itself throws is a bug and not lost. */
    private static <V> void run(CompletableFuture<V> stage, BiConsumer<? super V, ? super Throwable> callback) {
        Object unused = stage.<Void>handle((value, error) -> {
                    callback.accept(value, error);
                    return null;
                })
                .exceptionally(bug -> {
                    log.error("an answer of the Kubernetes API could not be handled", bug);
                    return null;
                });
    }

    /** Counts an exchange in, whatever comes of it; each is counted out by the end of its call. */
    private Built begin() {
        synchronized (this) {
            exchanges++;
        }
        checkOpen();
        Built ready = ready();
        checkOpen(); // Closing waits for no credential plugin; whoever comes out of one afterwards goes no further.
        return ready;
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw closedError();
        }
    }

    private static IllegalStateException closedError() {
        return new IllegalStateException("the resolver provider is closed");
    }

    /** Builds the client once, and runs a credential plugin for all who wait here. */
    private Built ready() {
        synchronized (building) {
            Built known = built;
            if (known == null) {
                Config config = FabricConfig.of(access);
                config.setHttp2Disable(true);
                config.setRequestRetryBackoffLimit(0); // ListWatch knows better when to ask again.
                config.setConnectionTimeout(CONNECT_MILLIS);
                config.setUserAgent("inmesh");
                String url = config.getMasterUrl();
                known = new Built(
                        new JdkHttpClientFactory().newBuilder(config).build(),
                        url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
                built = known;
            }
            return known;
        }
    }

    /**
     * Lets go as soon as the last exchange has ended: a client closed before would leave the connections of cancelled ones open, since
     * closing them is work for its threads.
     */
    @Override
    public synchronized void close() {
        closed = true;
        sending.close();
        letGo();
    }

    private synchronized void ended() {
        exchanges--;
        letGo();
    }

    private void letGo() { // Called under the lock of this.
        Built known = built;
        if (closed && exchanges == 0 && known != null) {
            known.client().close();
        }
    }

    /** One exchange: fabric8's words on one side, the receiver's on the other. */
    private final class Call implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final Receiver receiver;

        /** Written by the client when the head is there, read by whoever cancels. */
        private final AtomicReference<@Nullable AsyncBody> body = new AtomicReference<>();

        /** Written by whoever cancels, read by the client's threads. */
        private volatile boolean cancelled;

        Call(Receiver receiver) {
            this.receiver = receiver;
        }

        void answered(@Nullable HttpResponse<AsyncBody> response, @Nullable Throwable error) {
            if (response == null) {
                end(error);
                return;
            }
            body.set(response.body());
            run(response.body().done(), (nothing, broken) -> end(broken));
            if (cancelled) { // After the body is set: either this or cancel() sees the other.
                response.body().cancel();
                return;
            }
            receiver.onHead(response.code(), response.header("Retry-After"));
            response.body().consume();
        }

        /** Once for each exchange, by whichever way it ends. */
        void end(@Nullable Throwable error) {
            ended();
            receiver.onEnd(error);
        }

        @Override
        public void consume(List<ByteBuffer> pieces, AsyncBody from) {
            if (cancelled) {
                from.cancel();
                return;
            }
            pieces.forEach(receiver::onBytes);
            from.consume();
        }

        void cancel() {
            cancelled = true;
            AsyncBody known = body.get();
            if (known != null) {
                known.cancel();
            }
        }
    }
}
