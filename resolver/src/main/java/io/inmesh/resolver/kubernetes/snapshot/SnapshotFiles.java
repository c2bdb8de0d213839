package io.inmesh.resolver.kubernetes.snapshot;

import io.inmesh.api.EndpointSet;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of a directory. Whatever is wrong with one is told once to people and hinders nothing: a snapshot is a help that may be
 * missing.
 *
 * <p>Threads: any that may block; one at a time for each target.
 */
final class SnapshotFiles {
    /** The oldest that is used: addresses go to other pods, and after a week few may be left where they were. */
    static final Duration MAX_AGE = Duration.ofDays(7);

    private static final Logger log = LoggerFactory.getLogger(SnapshotFiles.class);

    private final SnapshotDirectory directory;
    private final Snapshots.Means means;

    private final Set<String> warned = ConcurrentHashMap.newKeySet(); // Each is told once.

    SnapshotFiles(SnapshotDirectory directory, Snapshots.Means means) {
        this.directory = directory;
        this.means = means;
    }

    /** What is kept of a target, or null if nothing is that can be used. */
    @Nullable
    Snapshot load(SnapshotTarget target) {
        String name = target.fileName();
        try {
            byte[] bytes = directory.read(name);
            return bytes == null ? null : unlessTooOld(SnapshotCodec.read(bytes, target));
        } catch (IOException | RuntimeException e) {
            warn(
                    "read " + name,
                    "snapshot " + directory.path(name) + " is ignored: " + problem(e)
                            + "; it is replaced as soon as the API server has answered");
            return null;
        }
    }

    private @Nullable Snapshot unlessTooOld(Snapshot snapshot) {
        Duration age = Duration.between(snapshot.written(), means.clock().instant());
        if (age.compareTo(MAX_AGE) <= 0) {
            return snapshot;
        }
        log.info(
                "snapshot {} is not used: it is {} days old (expected: at most {})",
                directory.path(snapshot.target().fileName()),
                age.toDays(),
                MAX_AGE.toDays());
        return null;
    }

    /** Keeps a set, or (empty) removes what is kept. */
    void keep(SnapshotTarget target, Optional<EndpointSet> state) {
        String name = target.fileName();
        try {
            if (state.isPresent()) {
                directory.write(
                        name,
                        SnapshotCodec.write(new Snapshot(target, means.clock().instant(), state.get())));
            } else {
                directory.delete(name);
            }
        } catch (IOException | RuntimeException e) {
            warn( // Once for each kind of problem, since a directory has it with every file.
                    "write " + e.getClass().getName(),
                    "snapshot " + directory.path(name) + " cannot be kept: " + problem(e)
                            + "; endpoints are found as before, but a start while the API server is down will lack it."
                            + " Let inmesh.kubernetes.snapshots name a directory that this process may write to");
        }
    }

    /** Removes files that nobody will read again. */
    void sweep() {
        try {
            directory.sweep(means.clock().instant(), MAX_AGE.multipliedBy(2));
        } catch (IOException | RuntimeException e) {
            warn("sweep", "old snapshots are left where they are: " + problem(e));
        }
    }

    private static String problem(Exception e) {
        return e instanceof DamagedSnapshotException
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private void warn(String once, String text) {
        if (warned.add(once)) {
            means.warnings().accept(text);
        } else {
            log.debug("{}", text);
        }
    }
}
