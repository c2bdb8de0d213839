package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.Reason;
import io.inmesh.api.lane.Lane;
import io.inmesh.api.time.NanoClock;
import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.object.AddressFamily;
import io.inmesh.resolver.kubernetes.source.Trouble;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the addresses behind a host name known, by looking again from time to time and, not too often, when connections fail (rule
 * A lookup that fails empties nothing.
 *
 * <p>Threads: lookups run on the executor given, everything else on the lane; {@link #close} and {@link #refresh} from anywhere.
 */
final class AddressKeeper {
    private static final Duration SOONEST = Duration.ofSeconds(1);

    private final String host;
    private final Place place;
    private final Feed<List<String>> feed;
    private final CancelSlot timer = new CancelSlot();

    private volatile boolean closed; // Written by whoever closes, read on the lane.

    // Touched on the lane only.
    private boolean asking;
    private @Nullable Long askedNanos; // Null before the first lookup.

    /** What surrounds lookups. */
    record Place(
            Lookup lookup, Executor blocking, Lane lane, NanoClock clock, Scheduler scheduler, Duration interval) {}

    AddressKeeper(String host, Place place, Feed<List<String>> feed) {
        this.host = host;
        this.place = place;
        this.feed = feed;
    }

    void start() {
        place.lane().execute(this::askOnLane);
    }

    void close() {
        closed = true;
        timer.close();
    }

    /** Looks again soon. */
    void refresh() {
        place.lane().execute(() -> {
            Long last = askedNanos;
            if (last != null && !asking) {
                Duration left = SOONEST.minusNanos(place.clock().nanoTime() - last);
                againOnLane(left.isNegative() ? Duration.ZERO : left);
            }
        });
    }

    private void askOnLane() {
        if (closed || asking) {
            return;
        }
        asking = true;
        askedNanos = place.clock().nanoTime();
        try {
            place.blocking().execute(this::look);
        } catch (RejectedExecutionException e) {
            failedOnLane(e);
        }
    }

    /** Where blocking is allowed. Whatever it ends with, the lane hears of it: else nobody would ask again. */
    private void look() {
        try {
            List<String> found = place.lookup().addresses(host).stream()
                    .map(InetAddress::getHostAddress)
                    .flatMap(text -> canonical(text).stream())
                    .distinct()
                    .sorted()
                    .toList();
            place.lane().execute(() -> foundOnLane(found));
        } catch (UnknownHostException | RuntimeException e) {
            place.lane().execute(() -> failedOnLane(e));
        }
    }

    /** Without the zone of a link-local address ({@code %eth0}), which says something on this host only. */
    private static Optional<String> canonical(String text) {
        String address = text.indexOf('%') < 0 ? text : text.substring(0, text.indexOf('%'));
        return AddressFamily.of(address).flatMap(family -> family.canonical(address));
    }

    private void foundOnLane(List<String> found) {
        if (found.isEmpty()) {
            failedOnLane(new UnknownHostException("it has no addresses"));
            return;
        }
        if (!found.equals(feed.finding().value())) {
            feed.found(found);
        }
        feed.troubled(null);
        answeredOnLane();
    }

    private void failedOnLane(Exception error) {
        feed.troubled(new Trouble(
                Reason.NOT_SYNCED,
                "lookup of " + host,
                "the external name '" + host + "' cannot be looked up (" + error
                        + "); check it, and the name servers of this host. It is looked up again every "
                        + place.interval().toSeconds() + " s, and addresses known before stay in use"));
        answeredOnLane();
    }

    private void answeredOnLane() {
        asking = false;
        againOnLane(place.interval());
    }

    private void againOnLane(Duration delay) {
        timer.put(place.scheduler().schedule(() -> place.lane().execute(this::askOnLane), delay));
    }
}
