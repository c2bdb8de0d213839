package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.EndpointSet;
import io.inmesh.api.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last known endpoints of every target in use, each in a file of its own.
 *
 * <p>Threads: any. All but {@link #close()} return at once; files are read and written where that may block.
 */
public final class Snapshots implements AutoCloseable {
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final Means means;
    private final SnapshotFiles files;

    // Both are guarded by this.
    private final Map<SnapshotTarget, SnapshotSlot> slots = new HashMap<>();
    private boolean closed;

    /**
     * What keeping takes.
     *
     * @param directory where files are, made with the first one if it does not exist
     * @param blocking runs what may block; whoever gives it closes it, after this
     * @param clock tells when something was written
     * @param warnings hears what people should mend, each thing once
     */
    public record Means(Path directory, Scheduler blocking, InstantSource clock, Consumer<String> warnings) {}

    /** One resolver's hold on the snapshot of its target. */
    public interface Use extends AutoCloseable {

        /** Reads it. Calls back once, on a thread that may block: what is kept, or null if nothing is that can be used. */
        void read(Consumer<@Nullable Snapshot> found);

        /** The cluster said this: it replaces what is kept, a little later. */
        void keep(EndpointSet live);

        /** The cluster said that there is no such set: nothing is to be kept. */
        void forget();

        /** The resolver ends; what it told last is still written. */
        @Override
        void close();
    }

    /** By these means. Files that nobody will read again are removed. */
    public Snapshots(Means means) {
        this(means, SnapshotDirectory.Move.ATOMIC);
    }

    Snapshots(Means means, SnapshotDirectory.Move move) {
        this.means = means;
        this.files = new SnapshotFiles(new SnapshotDirectory(means.directory(), move), means);
        means.blocking().execute(files::sweep);
    }

    /** Begins to keep a target. */
    public synchronized Use use(SnapshotTarget target) {
        SnapshotSlot slot = slots.computeIfAbsent(
                target, unknown -> new SnapshotSlot(target, files, means, () -> dropIfIdle(target)));
        slot.enter();
        return new Use() {
            private final AtomicBoolean over = new AtomicBoolean();

            @Override
            public void read(Consumer<@Nullable Snapshot> found) {
                means.blocking().execute(() -> found.accept(files.load(target)));
            }

            @Override
            public void keep(EndpointSet live) {
                tell(Optional.of(live));
            }

            @Override
            public void forget() {
                tell(Optional.empty());
            }

            private void tell(Optional<EndpointSet> state) {
                if (!over.get() && !isClosed()) {
                    slot.tell(state);
                }
            }

            @Override
            public void close() {
                if (over.compareAndSet(false, true)) {
                    slot.leave();
                }
            }
        };
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void dropIfIdle(SnapshotTarget target) {
        SnapshotSlot slot = slots.get(target);
        if (slot != null && slot.isIdle()) {
            slots.remove(target);
        }
    }

    /** How many targets are in use, or were a short while ago. */
    synchronized int size() {
        return slots.size();
    }

    /** Writes what is not written yet; waits for that, but not for long: a disk that hangs must not keep a process from ending. */
    @Override
    public void close() {
        List<SnapshotSlot> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(slots.values());
            slots.clear();
        }
        CountDownLatch left = new CountDownLatch(last.size());
        for (SnapshotSlot slot : last) {
            means.blocking().execute(() -> {
                try {
                    slot.flush();
                } finally {
                    left.countDown();
                }
            });
        }
        try {
            if (!left.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                means.warnings()
                        .accept(left.getCount() + " snapshots in " + means.directory() + " were not written within "
                                + LONGEST_CLOSE.toSeconds() + " s and may be lost or old; is that disk reachable?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The caller is in a hurry; what is written by then is whole.
        }
    }
}
