package io.inmesh.resolver.kubernetes;

import io.inmesh.api.time.Scheduler;
import io.inmesh.resolver.kubernetes.rule.Question;
import io.inmesh.resolver.kubernetes.snapshot.SnapshotTarget;
import io.inmesh.resolver.kubernetes.snapshot.Snapshots;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one provider, with threads of their own: a disk that hangs holds up nothing else.
 *
 * @param snapshots where they are
 * @param blocking the threads
 * @param cluster which cluster they are of
 */
record EarlierLives(Snapshots snapshots, Scheduler blocking, String cluster) {
    private static final Logger log = LoggerFactory.getLogger(EarlierLives.class);

    /** Null if no directory is configured: then nothing is read or written. */
    static @Nullable EarlierLives in(@Nullable Path directory, String cluster) {
        if (directory == null) {
            return null;
        }
        Scheduler blocking = Scheduler.system("inmesh-snapshot");
        Snapshots.Means means = new Snapshots.Means(directory, blocking, InstantSource.system(), log::warn);
        return new EarlierLives(new Snapshots(means), blocking, cluster);
    }

    PlacedSnapshots use(Question question) {
        return new PlacedSnapshots(
                snapshots.use(SnapshotTarget.of(cluster, question.terms())),
                snapshots.use(SnapshotTarget.of(cluster, question.placedTerms())));
    }

    /** Waits a little for what is not written yet. */
    void close() {
        snapshots.close();
        blocking.close();
    }
}
