package io.inmesh.resolver.kubernetes.client;

import io.inmesh.api.time.NanoClock;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP client in use. Built with the first request, which may mean to wait for a credential plugin; built anew when the files it was
 * built from are replaced (rule R-2), which is looked at once a minute and whenever the server and this client do not accept each other
 * (then, once a minute, it is built anew without such a sign). After silence it gives way to one of the same files that keeps no connection yet.
 * A client that has been replaced serves the exchanges it has, watches among them, and is let go with the last one.
 *
 * <p>Threads: any.
 */
final class Clients {
    private static final Logger log = LoggerFactory.getLogger(Clients.class);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    /** A client younger than that keeps no connection that has been dead for as long as silence takes to be noticed. */
    private static final Duration YOUNG = Duration.ofSeconds(10);

    private final Access access;
    private final NanoClock clock;

    /** Held while a client is built, perhaps for long, and so never taken by someone who holds the lock of this. */
    private final Object building = new Object();

    /** Written under the lock of {@link #building}; read without, for texts. */
    private volatile @Nullable Client current;

    /** The command that credentials come from; written before it first runs, read for texts. */
    private volatile @Nullable String plugin;

    // Written by whoever saw client and server not accept each other; read and cleared under the lock of building.
    private volatile boolean suspected;
    private volatile boolean unauthorized;

    /** Written by whoever heard nothing for too long; read and cleared under the lock of {@link #building}. */
    private volatile boolean distrusted;

    private long lookedNanos; // Guarded by the lock of building.
    private boolean closed; // Guarded by this.

    /** A client and how much of it is in use. */
    final class Client {
        private final AccessReader.Reading reading;
        private final FileMarks marks;
        private final long builtNanos = clock.nanoTime();

        // All guarded by the lock of the outer class.
        private @Nullable HttpClient http; // Until it is gone.
        private int exchanges;
        private boolean retired;
        private boolean gone;

        private Client(AccessReader.Reading reading, FileMarks marks) {
            this.reading = reading;
            this.marks = marks;
            ClientSettings settings = reading.settings();
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .connectTimeout(CONNECT);
            if (settings.tls() != null) {
                builder.sslContext(settings.tls());
            }
            if (settings.proxy() != null) {
                builder.proxy(ProxySelector.of(settings.proxy()));
            }
            this.http = builder.build();
        }

        /** To be asked for by whoever took it and has not released it. */
        HttpClient http() {
            synchronized (Clients.this) {
                return Objects.requireNonNull(http, "http");
            }
        }

        ClientSettings settings() {
            return reading.settings();
        }

        /** The exchange that took it is over. */
        void release() {
            synchronized (Clients.this) {
                exchanges--;
                letGo(this);
            }
        }
    }

    Clients(Access access, NanoClock clock) {
        this.access = access;
        this.clock = clock;
    }

    /**
     * The client for one exchange, to be released after it.
     *
     * @throws RuntimeException if there is none to be had, saying why
     */
    Client take() {
        while (true) {
            checkOpen(); // Closing waits for no credential plugin; whoever comes out of one afterwards goes no further.
            Client ready = ready();
            synchronized (this) {
                if (!closed && !ready.gone) { // Else replaced this very moment.
                    ready.exchanges++;
                    return ready;
                }
                letGo(ready);
            }
        }
    }

    /** TLS failed with that one: the next exchange looks at the files again (rule R-2). A connection that is cut early looks the same. */
    void untrusted(Client client) {
        suspected |= client == current; // What was replaced meanwhile is no news.
    }

    /** A 401 came to that one: the files are looked at again, and a credential plugin is run again (rules, W-10). */
    void unauthorized(Client client) {
        if (client == current) {
            unauthorized = true;
        }
    }

    /** Connections that are kept may be dead without a word (rule W-13): the next exchange gets a client without any, if this one is not young. */
    void distrust() {
        distrusted = true;
    }

    /** The address in use, once there is one. */
    Optional<String> base() {
        return Optional.ofNullable(current).map(client -> client.settings().url());
    }

    /** The command that credentials come from, if they come from one. */
    Optional<String> plugin() {
        return Optional.ofNullable(plugin);
    }

    /**
     * Lets go of each client as soon as its last exchange has ended: one closed before would leave the connections of cancelled
     * exchanges open, since closing them is work for its threads.
     */
    synchronized void close() {
        closed = true;
        Client known = current;
        if (known != null) {
            letGo(known);
        }
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw closedError();
        }
    }

    static IllegalStateException closedError() {
        return new IllegalStateException("the resolver provider is closed");
    }

    /** Builds the client once, and runs a credential plugin for all who wait here. */
    private Client ready() {
        synchronized (building) {
            Client known = current;
            if (known == null) {
                known = build();
                current = known;
            } else if (isOutdated(known)) {
                known = renewed(known);
            } else if (isDistrusted(known)) {
                log.debug("an answer did not come or did not go on, new requests use new connections");
                known = replaced(known, new Client(known.reading, known.marks));
            }
            return known;
        }
    }

    private Client build() {
        lookedNanos = clock.nanoTime();
        suspected = false;
        unauthorized = false;
        FileMarks before = FileMarks.of(AccessReader.files(access));
        AccessReader.Reading reading = AccessReader.of(access, command -> plugin = command);
        return new Client(reading, FileMarks.of(reading.files()).but(before)); // A plugin may have taken minutes.
    }

    /**
     * Looks at the files once a minute, and at once after a refusal. What no file shows may have changed as well: after a 401 what a plugin
     * gives, and where nothing explains a refusal, anything, once a minute.
     */
    private boolean isOutdated(Client known) {
        boolean due = clock.nanoTime() - lookedNanos >= LOOK_AGAIN.toNanos();
        boolean login = unauthorized && known.reading.plugin() != null;
        boolean refused = suspected || unauthorized;
        if (!refused && !due) {
            return false;
        }
        suspected = false;
        unauthorized = false;
        lookedNanos = due || login ? clock.nanoTime() : lookedNanos;
        return login || (refused && due) || !FileMarks.of(known.reading.files()).equals(known.marks);
    }

    /** The old one stays where a new one cannot be built: files are replaced one after the other. */
    private Client renewed(Client known) {
        Client next;
        try {
            next = build();
        } catch (RuntimeException e) {
            log.warn(
                    "the client of the Kubernetes API cannot be built anew from what is there now, going on as before: {}",
                    e.getMessage());
            return known;
        }
        log.info("the client of the Kubernetes API was built anew from {}, new requests use it", next.reading.files());
        return replaced(known, next);
    }

    private boolean isDistrusted(Client known) {
        boolean asked = distrusted;
        distrusted = false;
        return asked && clock.nanoTime() - known.builtNanos >= YOUNG.toNanos();
    }

    private Client replaced(Client known, Client next) {
        current = next;
        synchronized (this) {
            known.retired = true;
            letGo(known);
        }
        return next;
    }

    private void letGo(Client client) { // Called under the lock of this.
        if ((closed || client.retired) && client.exchanges == 0 && !client.gone) {
            client.gone = true;
            client.http =
                    null; // With its last reference its threads and idle connections end: before JDK 21 it has no end
            // to call.
        }
    }
}
