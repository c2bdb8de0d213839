package io.inmesh.spring.http.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a client: those that carry a request, and, by peer, those that carry nothing now and will be used again, the last one first, so that
 * those that are too many grow old. How many there may be is not limited here, since how many requests may run is not either.
 *
 * <p>Threads: any.
 */
final class ConnectionPool {
    private final LongSupplier nanos;

    /** Each list belongs to whoever computes its entry, and none is empty. */
    private final Map<Peer, Deque<PodConnection>> byPeer = new ConcurrentHashMap<>();

    /** Those that are not closed: whether they carry something or not, nobody who looks for one misses it between the two. */
    private final Set<PodConnection> open = ConcurrentHashMap.newKeySet();

    /** Set once by whoever closes, read by whoever puts something back. */
    private volatile boolean closed;

    ConnectionPool(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** One that is open and that the peer has not closed, for the caller alone; null if there is none. */
    @Nullable
    PodConnection take(Peer peer) {
        PodConnection last = poll(peer);
        while (last != null && last.isHungUp()) {
            last.close(CloseMode.IMMEDIATE);
            last = poll(peer);
        }
        return last;
    }

    /** Another one, which is still to be opened. */
    PodConnection create(Peer peer) throws IOException {
        PodConnection created = new PodConnection(peer, open::remove);
        open.add(created);
        return created;
    }

    private @Nullable PodConnection poll(Peer peer) {
        AtomicReference<@Nullable PodConnection> taken = new AtomicReference<>();
        byPeer.computeIfPresent(peer, (same, idle) -> {
            taken.setPlain(idle.pollFirst());
            return idle.isEmpty() ? null : idle;
        });
        return taken.getPlain();
    }

    /** Its request is over, and from now on it is whoever's takes it; unless it was to be closed when it is over. */
    void put(PodConnection connection) {
        connection.idleSince(nanos.getAsLong());
        byPeer.compute(connection.peer(), (same, idle) -> {
            Deque<PodConnection> all = idle == null ? new ArrayDeque<>() : idle;
            all.addFirst(connection);
            return all;
        });
        // Asked only now: who comes later finds it among the idle ones.
        if (closed) {
            closeAll();
        } else if (connection.isLast()) {
            closeIf(connection.peer()::equals, connection::equals);
        }
    }

    /** Closes those that have carried nothing for longer. */
    void closeOlderThan(Duration age) {
        long now = nanos.getAsLong();
        closeIf(peer -> true, connection -> now - connection.idleSince() > age.toNanos());
    }

    /** Whatever name they have; those that carry a request when that is over. */
    void closeTo(InetSocketAddress address) {
        for (PodConnection each : open) {
            if (each.peer().address().equals(address)) {
                each.endsWithItsRequest();
            }
        }
        closeIf(peer -> peer.address().equals(address), connection -> true);
    }

    /** Closes all, and those that carry a request when that is over. */
    void close() {
        closed = true;
        closeAll();
    }

    private void closeAll() {
        closeIf(peer -> true, connection -> true);
    }

    private void closeIf(Predicate<Peer> whose, Predicate<PodConnection> which) {
        List<PodConnection> ended = new ArrayList<>();
        for (Peer peer : byPeer.keySet()) {
            if (whose.test(peer)) {
                byPeer.computeIfPresent(peer, (same, idle) -> {
                    idle.removeIf(connection -> which.test(connection) && ended.add(connection));
                    return idle.isEmpty() ? null : idle;
                });
            }
        }
        ended.forEach(connection -> connection.close(CloseMode.GRACEFUL));
    }
}
