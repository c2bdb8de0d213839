package io.inmesh.resolver.kubernetes.feed;

import io.inmesh.api.ResolverProvider.Context;
import io.inmesh.api.WatchAge;
import io.inmesh.api.lane.Lane;
import io.inmesh.resolver.kubernetes.source.Finding;
import io.inmesh.resolver.kubernetes.source.Source;
import io.inmesh.resolver.kubernetes.watch.CancelSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The sources in use, each kept known once however many ask for it, and let go some time after its last user: a client that comes back
 * soon finds it known. Meshes do not share, even if their contexts are equal: nothing must stop because someone else's mesh was closed.
 *
 * <p>Threads: any.
 */
public final class Feeds implements AutoCloseable {
    /** How long what nobody uses stays known. */
    public static final Duration LINGER = Duration.ofSeconds(30);

    private final Keepers keepers;

    // Both are guarded by this.
    private final Map<Key, Shared<?>> shared = new HashMap<>();
    private boolean closed;

    private record Key(Owner owner, Source<?> source) {}

    /** A source in use, or left a short while ago. */
    private static final class Shared<T> {
        private final Feed<T> feed;
        private final Keeping keeping;
        private final CancelSlot lingering = new CancelSlot(); // The timer, once nobody is left.

        // Both are guarded by the lock of the outer class.
        private int users;
        private long leaves; // Counts the times that nobody was left, so that a timer knows whether it is still meant.

        Shared(Feed<T> feed, Keeping keeping) {
            this.feed = feed;
            this.keeping = keeping;
        }

        /** Called without the lock. */
        void end() {
            lingering.close();
            keeping.end();
        }
    }

    /** One user's hold on a source. */
    public interface Use<T> extends AutoCloseable {

        /** What is known of it now. */
        Finding<T> finding();

        /** How fresh that is; empty for what is not watched. */
        Optional<WatchAge> age();

        /** The user cannot connect to what was found. */
        void refresh();

        /** The user needs it no more, and hears nothing more of it. */
        @Override
        void close();
    }

    /** Nothing is in use yet. */
    public Feeds(Keepers keepers) {
        this.keepers = keepers;
    }

    /** The lane on which everything about a namespace happens, so that what waits there is applied before anything is concluded. */
    public Lane lane(Context context, String namespace) {
        return keepers.lane(context, namespace);
    }

    /**
     * Begins to use a source. After {@link #close()} nothing is ever known of it.
     *
     * @param changed called after each change, from any thread; must only take note
     */
    public synchronized <T> Use<T> use(Context context, Source<T> source, Runnable changed) {
        Key key = new Key(new Owner(context), source);
        Shared<?> known = shared.get(key);
        if (known == null) {
            known = open(context, source);
            if (!closed) {
                shared.put(key, known);
            }
        }
        @SuppressWarnings("unchecked") // Kept under a source of the same type.
        Shared<T> found = (Shared<T>) known;
        found.users++;
        found.lingering.clear();
        found.feed.listen(changed);
        return new Use<>() {
            private final AtomicBoolean over = new AtomicBoolean();

            @Override
            public Finding<T> finding() {
                return found.feed.finding();
            }

            @Override
            public Optional<WatchAge> age() {
                return found.feed.age();
            }

            @Override
            public void refresh() {
                found.keeping.refresh();
            }

            @Override
            public void close() {
                if (over.compareAndSet(false, true)) {
                    found.feed.forget(changed);
                    leave(key, found);
                }
            }
        };
    }

    private <T> Shared<T> open(Context context, Source<T> source) {
        Feed<T> feed = new Feed<>();
        return new Shared<>(feed, closed ? () -> {} : keepers.keep(context, source, feed));
    }

    private synchronized void leave(Key key, Shared<?> left) {
        if (--left.users == 0 && shared.get(key) == left) { // Else it has ended.
            long mine = ++left.leaves;
            left.lingering.put(key.owner().context().scheduler().schedule(() -> letGo(key, left, mine), LINGER));
        }
    }

    private void letGo(Key key, Shared<?> left, long leave) {
        synchronized (this) {
            if (left.users > 0 || left.leaves != leave || !shared.remove(key, left)) {
                return;
            }
        }
        left.end();
    }

    /** Ends at once what that mesh used. Whoever still holds something of it hears no more of it. */
    public void release(Context context) {
        Owner owner = new Owner(context);
        List<Shared<?>> ended;
        Runnable rest;
        synchronized (
                this) { // Together: what is asked for from now on must not begin in a room that is about to be closed.
            ended = forget(owner);
            rest = keepers.release(owner);
        }
        ended.forEach(Shared::end);
        rest.run();
    }

    /** Ends everything. */
    @Override
    public void close() {
        List<Shared<?>> ended;
        synchronized (this) {
            closed = true;
            ended = forget(null);
        }
        ended.forEach(Shared::end);
        keepers.close();
    }

    /** Takes out what is that mesh's, or everything. Called under the lock. */
    private List<Shared<?>> forget(@Nullable Owner owner) {
        List<Shared<?>> taken = new ArrayList<>();
        shared.entrySet().removeIf(each -> {
            boolean its = owner == null || each.getKey().owner().equals(owner);
            if (its) {
                taken.add(each.getValue());
            }
            return its;
        });
        return taken;
    }
}
