package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.RequestConnControl;
import org.apache.hc.core5.http.protocol.RequestContent;
import org.apache.hc.core5.http.protocol.RequestTargetHost;
import org.apache.hc.core5.http.protocol.RequestUserAgent;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Sends requests, each on a connection of its own while it lasts, and keeps connections for those that follow. One exchange of one request: nothing is
 * redirected, repeated or remembered.
 *
 * <p>Threads: any. A request is written, and its answer read, by the thread that asks. Its own are daemons: one that closes idle connections, and those
 * that read answers which nobody wants.
 */
public final class WireClient implements Connections {
    /** How many answers are read at once that nobody wants; the connections of more are closed. */
    private static final int READERS = 16;

    private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor();

    private static final HttpProcessor PROCESSOR = HttpProcessorBuilder.create()
            .addAll(
                    RequestTargetHost.INSTANCE,
                    RequestContent.INSTANCE,
                    RequestConnControl.INSTANCE,
                    new RequestUserAgent("inmesh"))
            .build();

    private final ConnectionPool pool = new ConnectionPool(System::nanoTime);
    private final ScheduledThreadPoolExecutor clock;
    private final ExecutorService readers;
    private final Drain drain;
    private final Map<Optional<SslBundle>, Tls> tls = new ConcurrentHashMap<>();

    /** Without a connection, and with no thread that does anything yet. */
    public WireClient() {
        clock = new ScheduledThreadPoolExecutor(1, daemons("inmesh-http-idle"));
        clock.setRemoveOnCancelPolicy(true);
        clock.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // Once it is closed.
        Object unused = clock.scheduleWithFixedDelay(
                () -> pool.closeOlderThan(MAX_IDLE), EVICTION.toNanos(), EVICTION.toNanos(), TimeUnit.NANOSECONDS);
        readers = new ThreadPoolExecutor(
                0, READERS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("inmesh-http-drain"));
        drain = new Drain(readers, clock);
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, name + "-" + count.incrementAndGet(), 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(
                    WireClient.class.getClassLoader()); // Not the first caller's, which it would keep.
            return thread;
        };
    }

    /** TLS as that bundle says, the same for all requests with it; null for as the JVM does. */
    public Tls tls(@Nullable SslBundle bundle) {
        return tls.computeIfAbsent(Optional.ofNullable(bundle), said -> Tls.of(said.orElse(null)));
    }

    /**
     * Sends a request and waits for its answer, the body of which the caller reads.
     *
     * @throws java.net.ConnectException if nobody listens, or there is no connection in time
     * @throws java.net.SocketTimeoutException if there is no answer in time
     * @throws java.io.InterruptedIOException if the thread is interrupted, which it stays
     * @throws IOException if there is no connection for other reasons, or it breaks: {@link Transmission} says whether anything was sent
     * @throws RuntimeException what the body's writer throws, and {@link IllegalArgumentException} for what no request may have
     */
    public WireResponse send(Peer peer, Limits limits, WireRequest request, Transmission transmission)
            throws IOException {
        boolean answered = false;
        try {
            HttpCoreContext context = HttpCoreContext.create();
            ClassicHttpRequest message = request.message(peer, transmission);
            EXECUTOR.preProcess(message, PROCESSOR, context);
            PodConnection connection = connection(peer, limits, transmission);
            connection.setSocketTimeout(Timeout.ofMilliseconds(limits.readMillis()));
            transmission.begins();
            ClassicHttpResponse answer = EXECUTOR.execute(message, connection, context);
            boolean reusable = EXECUTOR.keepAlive(message, answer, connection, context);
            WireResponse response = new WireResponse(
                    answer, transmission, request.wantsWhole(), () -> goesOn(transmission.release(), reusable));
            answered = true;
            return response;
        } catch (HttpException e) {
            if (!transmission.hasBegun()) {
                throw new IllegalArgumentException(e.getMessage(), e); // What the library finds wrong with the request.
            }
            throw new IOException(e.getMessage(), e);
        } catch (IOException e) {
            throw transmission.failed(e);
        } finally {
            if (!answered) { // Whatever was thrown: a body's writer may throw anything.
                transmission.abort();
            }
        }
    }

    private PodConnection connection(Peer peer, Limits limits, Transmission transmission) throws IOException {
        PodConnection kept = pool.take(peer);
        if (kept != null) {
            transmission.carriedBy(kept);
            return kept;
        }
        PodConnection opened = pool.create(peer);
        transmission.carriedBy(opened);
        opened.connect(limits);
        return opened;
    }

    /** The connection has carried its request. */
    private void goesOn(@Nullable PodConnection connection, boolean reusable) {
        if (connection == null) {
            return; // Taken back at the last moment.
        }
        if (reusable && connection.isOpen()) {
            pool.put(connection);
        } else {
            connection.close(CloseMode.GRACEFUL);
        }
    }

    /**
     * Reads an answer that nobody wants, without waiting: see {@link Drain}.
     *
     * @param told is told once that it is over, and with what failure if there was one
     */
    public void drain(WireResponse answer, Consumer<@Nullable IOException> told) {
        try {
            drain.empty(answer, told);
        } catch (RejectedExecutionException e) {
            answer.close(); // There are too many, or the client is closed.
            told.accept(null);
        }
    }

    @Override
    public void closeTo(InetSocketAddress address) {
        clock.execute(() -> pool.closeTo(address));
    }

    @Override
    public void close() {
        clock.shutdownNow();
        readers.shutdownNow();
        pool.close();
    }
}
