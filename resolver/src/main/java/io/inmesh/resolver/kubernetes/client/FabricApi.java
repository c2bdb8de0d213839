package io.inmesh.resolver.kubernetes.client;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.ListWatch;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server through fabric8's HTTP client, which brings TLS, credentials and, for tokens that it reads itself, the retry with a fresh one after a
 * 401. The token of a credential plugin ({@link PluginToken}) is not retried so: after a 401 the next request gets a client that is built anew, for which
 * the plugin runs again.
 * What is replaced while it runs is taken up: {@link FabricConfig} and {@link Clients} say what and when. Only this package knows fabric8.
 *
 * <p>It speaks HTTP/1.1, one connection per watch: the JDK's client sends no HTTP/2 pings, and ending a silent stream would resume it on
 * the same dead connection (rule W-13); nor can one connection run out of streams (rule W-14).
 *
 * <p>Threads: any may call. Requests are sent from two daemon threads that end with {@link #close()}; bytes arrive on the client's
 * own, which exist only while there is something to read.
 */
public final class FabricApi implements ApiTransport {
    private static final Logger log = LoggerFactory.getLogger(FabricApi.class);

    private static final int UNAUTHORIZED = 401;
    private static final String JSON = "application/json";

    /**
     * The longest an exchange may take, above the longest watch that is asked for. Only a backstop: silence is noticed long before, by {@link
     * ListWatch}, and whoever cancels an exchange ends it, answered or not.
     */
    private static final int LONGEST_EXCHANGE_SECONDS = 660;

    private final Access access;
    private final StreamingLists streamingLists = new StreamingLists();

    /**
     * Threads of its own to send from: credential plugins run on the thread that sends (rule R-7), and one may wait for a human
     * or hang. The mesh's timers must go on, so that what waits for endpoints learns in time that there are none.
     */
    private final Scheduler senders = Scheduler.system("inmesh-kubernetes-api");

    private final Clients clients;
    private final NanoClock clock;

    // Both are guarded by this.
    private final Map<Call, Long> sending =
            new LinkedHashMap<>(); // Calls being sent, and since when; the oldest first.
    private boolean closed;

    /** As that access says. */
    public FabricApi(Access access) {
        this(access, NanoClock.system());
    }

    /** The same, with a clock for when to look at files again. */
    FabricApi(Access access, NanoClock clock) {
        this.access = access;
        this.clock = clock;
        this.clients = new Clients(access, clock);
    }

    @Override
    public String url() {
        return clients.base().orElseGet(this::accessUrl);
    }

    private String accessUrl() {
        if (access instanceof Access.InPod pod) {
            return pod.url();
        }
        if (access instanceof Access.Url said) {
            return said.url();
        }
        return "the cluster of kubeconfig " + ((Access.Kubeconfig) access).files();
    }

    @Override
    public void distrustConnections() {
        clients.distrust();
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
            pending = closed ? null : senders.schedule(() -> send(pathAndQuery, call), Duration.ZERO);
        }
        if (pending == null) {
            receiver.onEnd(Clients.closedError());
            return () -> {};
        }
        return () -> {
            call.cancel();
            pending.cancel();
        };
    }

    @Override
    public synchronized Optional<String> heldUpBy() {
        Iterator<Long> since = sending.values().iterator();
        if (!since.hasNext()) {
            return Optional.empty();
        }
        long seconds = Duration.ofNanos(clock.nanoTime() - since.next()).toSeconds();
        return clients.plugin()
                .filter(command -> seconds > 0)
                .map(command -> "credential plugin '" + command + "' of the kubeconfig has been running for " + seconds
                        + " s without an answer; run it by hand to see what it waits for");
    }

    private void send(String pathAndQuery, Call call) {
        synchronized (this) {
            sending.put(call, clock.nanoTime());
        }
        try {
            call.send(pathAndQuery);
        } finally {
            synchronized (this) {
                sending.remove(call);
            }
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

    /** Ends nothing that runs; clients go with the last of it. */
    @Override
    public synchronized void close() {
        closed = true;
        senders.close();
        clients.close();
    }

    /** One exchange: fabric8's words on one side, the receiver's on the other. */
    private final class Call implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final Receiver receiver;

        /** Written by the client when the head is there, read by whoever cancels. */
        private final AtomicReference<@Nullable AsyncBody> body = new AtomicReference<>();

        /** Written by the client with each attempt to send it, read by whoever cancels. */
        private final AtomicReference<@Nullable Cancellable> attempt = new AtomicReference<>();

        /** Written by whoever cancels, read by the client's threads. */
        private volatile boolean cancelled;

        /** Written before it is sent, read by the client's threads behind that. */
        private volatile Clients.@Nullable Client client;

        private volatile String mark = ""; // Of its request; written and read like the client.

        Call(Receiver receiver) {
            this.receiver = receiver;
        }

        void send(String pathAndQuery) {
            if (cancelled) {
                return;
            }
            try {
                Clients.Client taken = clients.take();
                client = taken;
                if (cancelled) { // While it waited for the client to be built.
                    end(new CancellationException("cancelled before it was sent"));
                    return;
                }
                mark = taken.requests().announce(this::sent);
                HttpRequest request = taken.http()
                        .newHttpRequestBuilder()
                        .uri(taken.base() + pathAndQuery + "#" + mark)
                        .header("Accept", JSON) // Else it would be whatever the server prefers.
                        .timeout(LONGEST_EXCHANGE_SECONDS, TimeUnit.SECONDS)
                        .build();
                run(taken.http().consumeBytes(request, this), this::answered);
            } catch (
                    RuntimeException e) { // A kubeconfig that cannot be read, a token file that is gone: no connection.
                end(e);
            }
        }

        /** Either this or {@link #cancel()} sees the other. */
        void sent(Cancellable exchange) {
            attempt.set(exchange);
            if (cancelled) {
                exchange.cancel();
            }
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
            if (response.code() == UNAUTHORIZED) {
                clients.suspect();
            }
            receiver.onHead(response.code(), response.header("Retry-After"));
            response.body().consume();
        }

        /** Once for each exchange, by whichever way it ends. */
        void end(@Nullable Throwable error) {
            Clients.Client taken = client;
            if (taken != null) {
                taken.requests().forget(mark);
                taken.release();
            }
            if (isTls(error)) {
                clients.suspect();
            }
            receiver.onEnd(error);
        }

        private static boolean isTls(@Nullable Throwable error) {
            Throwable at = error;
            while (at != null && !(at instanceof SSLException)) {
                at = at.getCause();
            }
            return at != null;
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
            Cancellable sent = attempt.get();
            if (sent != null) {
                sent.cancel(); // Before it was answered, nothing else closes its connection.
            }
        }
    }
}
