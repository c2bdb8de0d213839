package io.inmesh.resolver.kubernetes.client;

import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.api.time.Scheduler.Cancellable;
import io.inmesh.resolver.kubernetes.watch.ApiTransport;
import io.inmesh.resolver.kubernetes.watch.StreamingLists;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The API server through the JDK's HTTP client. A request that is refused with 401 is sent once more if its token was replaced meanwhile (rule W-10). The
 * token of a credential plugin ({@link PluginToken}) is not: after a 401 the next request gets a client that is built anew, for which the plugin runs
 * again. What is replaced while it runs is taken up: {@link AccessReader} and {@link Clients} say what and when.
 *
 * <p>It speaks HTTP/1.1, one connection per watch: the JDK's client sends no HTTP/2 pings, and ending a silent stream would resume it on
 * the same dead connection (rule W-13); nor can one connection run out of streams (rule W-14).
 *
 * <p>Threads: any may call. Requests are sent from two daemon threads that end with {@link #close()}; bytes arrive on the client's
 * own, which exist only while there is something to read.
 */
public final class ApiClient implements ApiTransport {
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
    private final Map<ApiCall, Long> sending =
            new LinkedHashMap<>(); // Calls being sent, and since when; the oldest first.
    private boolean closed;

    /** As that access says. */
    public ApiClient(Access access) {
        this(access, NanoClock.system());
    }

    /** The same, with a clock for when to look at files again. */
    ApiClient(Access access, NanoClock clock) {
        this.access = access;
        this.clock = clock;
        this.clients = new Clients(access, clock);
    }

    @Override
    public String url() {
        return AccessReader.bare(clients.base().orElseGet(this::accessUrl));
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
        ApiCall call = new ApiCall(clients, receiver);
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

    private void send(String pathAndQuery, ApiCall call) {
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

    /** Ends nothing that runs; clients go with the last of it. */
    @Override
    public synchronized void close() {
        closed = true;
        senders.close();
        clients.close();
    }
}
